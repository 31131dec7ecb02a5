/**
 * The durable state of a trainer: its parameters and its pending update, in one file that is replaced atomically. Used
 * by one thread.
 */
package io.rondo.trainer.runtime.state;
