package io.rondo.experiment;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a run came to, as the Python package prints it.
 *
 * @param elements floats that a trainer uploads in a round, on average
 * @param factorElements floats of both factors
 * @param rounds those that were evaluated, the first of them round 0
 * @param heldOut of the site that took no part, {@code before} and {@code after} steps of its own
 * @param seconds how long it took
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record GenerationRun(
        double elements,
        long factorElements,
        List<Round> rounds,
        Map<String, Map<String, Double>> heldOut,
        double seconds) {
    static final String TEST = "test/exact-match";
    static final String POOLED = "pooled/exact-match";

    /** One evaluated round; its loss is that of training, null before the first. */
    record Round(int round, Double loss, Map<String, Map<String, Double>> sites) {
        /** The unweighted mean over sites; NaN where no site has the metric. */
        double mean(String metric) {
            OptionalDouble mean = sites.values().stream()
                    .filter(metrics -> metrics.containsKey(metric))
                    .mapToDouble(metrics -> metrics.get(metric))
                    .average();
            return mean.orElse(Double.NaN);
        }
    }

    Round last() {
        return rounds.get(rounds.size() - 1);
    }

    double visitor(String when) {
        return heldOut.get(when).getOrDefault(TEST, Double.NaN);
    }
}
