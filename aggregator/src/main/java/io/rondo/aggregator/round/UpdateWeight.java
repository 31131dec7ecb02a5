package io.rondo.aggregator.round;

import io.rondo.log.UpdateManifest;
import java.util.Arrays;
import java.util.Locale;

/** What an update weighs in the average (arXiv 2410.01463 weighs by examples). */
enum UpdateWeight {
    EXAMPLES,
    UNIFORM;

    /** @throws IllegalArgumentException when there is no such weighting */
    static UpdateWeight of(String id) {
        return Arrays.stream(values())
                .filter(weight -> weight.name().toLowerCase(Locale.ROOT).equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("weights: '" + id + "', not examples or uniform"));
    }

    double of(UpdateManifest manifest) {
        return switch (this) {
            case EXAMPLES -> manifest.getNumExamples();
            case UNIFORM -> 1;
        };
    }
}
