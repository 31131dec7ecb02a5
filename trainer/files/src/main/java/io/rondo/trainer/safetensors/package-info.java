/**
 * The file format safetensors: files of others are checked whole before anything is mapped or allocated, own ones are
 * written as {@code transformers} and PEFT read them. Files that are open may be read by any thread.
 */
package io.rondo.trainer.safetensors;
