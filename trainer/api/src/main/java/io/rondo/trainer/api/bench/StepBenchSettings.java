package io.rondo.trainer.api.bench;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;

/**
 * The measured step: LoRA of rank 8 on query and value of an encoder with random weights, on full-length inputs.
 *
 * @param layers transformer layers
 * @param hidden width of a token's state
 * @param batch examples in a step
 * @param length tokens in an example
 * @param microBatch examples that a thread processes at once; 0 for the fastest
 * @param threads threads of a trainer
 * @param trainers concurrent trainers
 * @param steps measured steps
 * @param cache directory into which native libraries are unpacked
 */
public record StepBenchSettings(
        int layers,
        int hidden,
        int batch,
        int length,
        int microBatch,
        int threads,
        int trainers,
        int steps,
        Path cache) {
    public StepBenchSettings {
        require("--layers", layers, 1, 100);
        require("--hidden", hidden, 8, 8192);
        require("--batch", batch, 1, 4096);
        require("--length", length, 4, 4096);
        require("--micro-batch", microBatch, 0, batch);
        require("--threads", threads, 1, 1024);
        require("--trainers", trainers, 1, 64);
        require("--steps", steps, 1, 100_000);
    }

    private static void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    option + " is " + value,
                    "give " + option + " a whole number from " + least + " to " + most);
        }
    }
}
