package io.rondo.page.index;

import java.util.Map;

/** One trainer in one round, in few bytes: there are as many as rounds × trainers. */
final class Cell {
    private static final String ACCURACY = "test/accuracy";
    private static final String EXACT_MATCH = "test/exact-match";

    Verdict verdict = Verdict.NONE;
    /** Seconds from the opening of the update's own round to the decision on it. */
    float after = Float.NaN;

    long bytes = -1;
    long examples = -1;
    float loss = Float.NaN;
    /** Accuracy, or exact match where the model answers problems. */
    float score = Float.NaN;

    float norm = Float.NaN;
    /** Why it does not count; empty if it does. */
    String reason = "";
    /** The round that the update is of, where that is an earlier one. */
    int of = -1;

    /** Whether a score among these metrics is an exact match. */
    static boolean isExactMatch(Map<String, Double> metrics) {
        return metrics.containsKey(EXACT_MATCH) && !metrics.containsKey(ACCURACY);
    }

    void evaluate(Map<String, Double> metrics) {
        Double value = metrics.getOrDefault(ACCURACY, metrics.get(EXACT_MATCH));
        if (value != null) {
            score = value.floatValue();
        }
    }

    void forgetUpdate() {
        after = Float.NaN;
        bytes = -1;
        examples = -1;
        loss = Float.NaN;
        norm = Float.NaN;
        of = -1;
    }
}
