/**
 * What the records of {@code rounds} mean to one trainer: pure state, without Kafka, clock or model. Used by one thread.
 */
package io.rondo.trainer.runtime.follow;
