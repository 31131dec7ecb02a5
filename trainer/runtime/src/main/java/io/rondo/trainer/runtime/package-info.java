/**
 * The runtime of a trainer service, which runs a plug-in: {@link
 * io.rondo.trainer.api.LocalTrainerFactory}. The service joins a job, follows its rounds, hands adapters and rounds to
 * the plug-in, and uploads what the job shares. One thread runs a service.
 */
package io.rondo.trainer.runtime;
