/**
 * The runtime of a trainer service and the interface that a trainer plugs in: {@link
 * io.rondo.trainer.sdk.LocalTrainerFactory}. The service joins a job, follows its rounds, hands adapters and rounds to
 * the plug-in, and uploads what the job shares. One thread runs a service.
 */
package io.rondo.trainer.sdk;
