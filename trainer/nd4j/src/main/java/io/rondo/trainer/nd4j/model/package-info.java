/**
 * Pretrained encoders on disk: a Hugging Face directory ({@code config.json}, {@code model.safetensors}, {@code
 * tokenizer.json}), read memory-mapped and checked before anything is allocated, and the conversion of the built-in
 * model into one. Types are immutable and safe for any thread.
 */
package io.rondo.trainer.nd4j.model;
