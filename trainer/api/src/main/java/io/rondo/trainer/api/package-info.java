/**
 * What a plug-in author implements: {@link io.rondo.trainer.api.LocalTrainerFactory} and
 * {@link io.rondo.trainer.api.LocalTrainer}, with their settings and reports. The trainer's own thread calls them.
 */
package io.rondo.trainer.api;
