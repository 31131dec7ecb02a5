/**
 * Adapters in the files of Hugging Face's PEFT: written from a job's round, and read as the start of another job. One
 * thread.
 */
package io.rondo.peft;
