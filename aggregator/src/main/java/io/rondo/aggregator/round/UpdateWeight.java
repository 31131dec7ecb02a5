package io.rondo.aggregator.round;

import io.rondo.log.JobSpec;
import io.rondo.log.UpdateManifest;
import java.util.Arrays;
import java.util.Locale;

/** How updates are weighted in the average (arXiv 2410.01463 weights by examples). */
public enum UpdateWeight {
    EXAMPLES,
    UNIFORM;

    /** @throws IllegalArgumentException when there is no such weighting */
    public static UpdateWeight of(String id) {
        return Arrays.stream(values())
                .filter(weight -> weight.name().toLowerCase(Locale.ROOT).equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("weights: '" + id + "', not examples or uniform"));
    }

    /**
     * The weight of an update in the round for which it was trained. A trainer reports its own example count and could
     * outweigh all others: from rules 4 on, at most as many examples count as the steps of a round can use.
     */
    static double of(UpdateManifest manifest, JobSpec spec) {
        long examples = manifest.getNumExamples();
        long most = (long) spec.getLocalSteps() * spec.getBatchSize();
        return of(spec.getWeights()).of(RulesVersion.boundWeights(spec) ? Math.min(examples, most) : examples);
    }

    /** The weight of an update of a trainer that used so many examples. */
    public double of(long numExamples) {
        return switch (this) {
            case EXAMPLES -> numExamples;
            case UNIFORM -> 1;
        };
    }
}
