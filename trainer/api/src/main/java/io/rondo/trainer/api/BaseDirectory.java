package io.rondo.trainer.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The trainer's base model as a directory for Python's {@code transformers}.
 *
 * @param path a Hugging Face directory
 * @param taskType PEFT's task type whose model class computes the same as the trainer: {@code SEQ_CLS}, or {@code TOKEN_CLS}
 *     if the head reads the first token's state directly
 * @param outputs the directory's names for the outputs of its head, in order; empty if it has none
 */
public record BaseDirectory(Path path, String taskType, List<String> outputs) {
    public BaseDirectory {
        Objects.requireNonNull(path);
        Objects.requireNonNull(taskType);
        outputs = List.copyOf(outputs);
    }

    /** A directory without names for the head's outputs. */
    public BaseDirectory(Path path, String taskType) {
        this(path, taskType, List.of());
    }
}
