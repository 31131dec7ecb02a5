/**
 * Reads and writes safetensors files. Files are fully checked before anything is mapped or allocated, and written in the
 * form that {@code transformers} and PEFT read. Any thread may read an open file.
 */
package io.rondo.trainer.safetensors;
