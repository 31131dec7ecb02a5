package io.rondo.trainer.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Where Python's {@code transformers} finds the base model that a trainer uses.
 *
 * @param path a Hugging Face directory
 * @param taskType PEFT's name of the model class that computes what the trainer does: {@code SEQ_CLS}, or {@code
 *     TOKEN_CLS} where the head reads the first token's state as it is
 * @param outputs what the directory calls the outputs of its head, in their order; empty if it gives them no names
 */
public record BaseDirectory(Path path, String taskType, List<String> outputs) {
    public BaseDirectory {
        Objects.requireNonNull(path);
        Objects.requireNonNull(taskType);
        outputs = List.copyOf(outputs);
    }

    /** A directory that gives the outputs of a head no names. */
    public BaseDirectory(Path path, String taskType) {
        this(path, taskType, List.of());
    }
}
