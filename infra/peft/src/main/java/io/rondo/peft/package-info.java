/**
 * Writes a round's adapter as a directory of Hugging Face's PEFT, and reads such a directory as the start of a job. Used by
 * one thread.
 */
package io.rondo.peft;
