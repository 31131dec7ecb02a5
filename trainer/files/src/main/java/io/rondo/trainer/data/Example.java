package io.rondo.trainer.data;

import java.util.Objects;
import java.util.Optional;

/**
 * One labelled text.
 *
 * @param text the sentence, or the first of a pair
 * @param textPair the second sentence of a pair
 * @param label the class, as it is written in the file
 * @param devSet which of MNLI's sets to test on it is of
 */
public record Example(String text, Optional<String> textPair, String label, Optional<DevSet> devSet) {
    public Example {
        Objects.requireNonNull(text);
        Objects.requireNonNull(textPair);
        Objects.requireNonNull(label);
        Objects.requireNonNull(devSet);
    }

    public Example(String text, Optional<String> textPair, String label) {
        this(text, textPair, label, Optional.empty());
    }

    public static Example of(String text, String label) {
        return new Example(text, Optional.empty(), label);
    }
}
