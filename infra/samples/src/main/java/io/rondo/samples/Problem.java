package io.rondo.samples;

import java.util.Objects;

/**
 * A word problem in the form of GSM8K.
 *
 * @param question what is asked
 * @param answer the steps, and the final answer behind {@code ####}
 */
public record Problem(String question, String answer) {
    public Problem {
        Objects.requireNonNull(question);
        Objects.requireNonNull(answer);
    }
}
