package io.rondo.experiment;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import java.util.List;
import java.util.Map;

/**
 * What came of a run: a JSON file. Metrics are means over the trainers, each trainer alike.
 *
 * @param elements values that a trainer uploads in rounds 1 and 2, on average
 * @param words the word that each site labels in its own way, empty if it labels like the others
 * @param rounds the evaluated rounds, in order
 * @param heldOut of the site that took no part; null where there is none, or the file is older than such sites
 * @param similarities what became of the factors, where the run is for that
 * @param seconds of the run
 */
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
record RunResult(
        double elements,
        List<String> words,
        List<Evaluation> rounds,
        Visit heldOut,
        List<Similarity> similarities,
        double seconds) {

    /**
     * One evaluated round.
     *
     * @param perTrainer accuracy on each trainer's own test split
     */
    record Evaluation(int round, double loss, Map<String, Double> metrics, List<Double> perTrainer) {

        double test() {
            return metrics.getOrDefault(MetricNames.TEST, Double.NaN);
        }

        double validation() {
            return metrics.getOrDefault(MetricNames.VALIDATION, Double.NaN);
        }

        double pooled() {
            return metrics.getOrDefault(MetricNames.POOLED, Double.NaN);
        }
    }

    /** Metrics of the site that took no part, before and after steps of its own. */
    record Visit(Map<String, Double> before, Map<String, Double> after) {}

    /**
     * How alike a factor has become at two sites, the mean over all pairs of sites; or how far A is from its start, the mean over
     * sites.
     *
     * @param module such as {@code encoder.layer.5.attention.self.query}
     * @param quantity A, B, A-A0 or BA; cos(A,A0) or |A-A0|/|A0|
     * @param cosine of the factors as vectors; for the last quantity the ratio of lengths
     */
    record Similarity(String module, String quantity, double cosine) {}

    Evaluation last() {
        return rounds.get(rounds.size() - 1);
    }

    /** NaN where no site was held out. */
    double heldOutBefore() {
        return heldOut == null ? Double.NaN : heldOut.before().getOrDefault(MetricNames.TEST, Double.NaN);
    }

    /** NaN where no site was held out. */
    double heldOutAfter() {
        return heldOut == null ? Double.NaN : heldOut.after().getOrDefault(MetricNames.TEST, Double.NaN);
    }

    /**
     * How much accuracy on the own test split changed in the last fifth of the rounds, since the last evaluation at or before
     * their start: about 0 where the curve is flat. NaN where no round was evaluated so early.
     */
    double lastFifth() {
        double before = Double.NaN;
        for (Evaluation round : rounds) {
            if (5L * round.round() <= 4L * last().round()) {
                before = round.test();
            }
        }
        return last().test() - before;
    }

    /** The round that was best on the validation split, which is not the one that is reported. */
    Evaluation best() {
        Evaluation best = rounds.get(0);
        for (Evaluation round : rounds) {
            if (round.validation() > best.validation()) {
                best = round;
            }
        }
        return best;
    }
}
