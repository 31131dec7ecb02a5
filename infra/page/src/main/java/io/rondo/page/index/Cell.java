package io.rondo.page.index;

import java.util.Map;

/** One trainer in one round, in few bytes: there are as many as rounds × trainers. */
final class Cell {
    Verdict verdict = Verdict.NONE;
    /** Seconds from the opening of the update's own round to the decision on it. */
    float after = Float.NaN;

    long bytes = -1;
    long examples = -1;
    float loss = Float.NaN;
    float accuracy = Float.NaN;
    float norm = Float.NaN;
    /** Why it does not count; empty if it does. */
    String reason = "";
    /** The round that the update is of, where that is an earlier one. */
    int of = -1;

    void evaluate(Map<String, Double> metrics) {
        Double value = metrics.get("test/accuracy");
        if (value != null) {
            accuracy = value.floatValue();
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
