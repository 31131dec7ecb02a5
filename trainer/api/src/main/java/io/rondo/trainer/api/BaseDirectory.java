package io.rondo.trainer.api;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where Python's {@code transformers} finds the base model that a trainer uses.
 *
 * @param path a Hugging Face directory
 * @param taskType PEFT's name of the model class that computes what the trainer does: {@code SEQ_CLS}, or {@code
 *     TOKEN_CLS} where the head reads the first token's state as it is
 */
public record BaseDirectory(Path path, String taskType) {
    public BaseDirectory {
        Objects.requireNonNull(path);
        Objects.requireNonNull(taskType);
    }
}
