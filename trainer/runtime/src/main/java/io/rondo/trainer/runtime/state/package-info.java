/**
 * What a trainer must not lose: its parameters and the update that it owes, in one file that is replaced atomically. Used
 * by one thread.
 */
package io.rondo.trainer.runtime.state;
