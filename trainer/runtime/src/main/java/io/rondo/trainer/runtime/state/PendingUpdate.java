package io.rondo.trainer.runtime.state;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/** An update that is trained and saved, but possibly not in the log yet. Owns its array. */
public final class PendingUpdate {
    private final int round;
    private final int baseRound;
    private final String attempt;
    private final long numExamples;
    private final Map<String, Double> metrics;
    private final float[] values;

    /**
     * @param round the round that it answers
     * @param baseRound the round whose global adapter training started from
     * @param attempt id of the last upload attempt
     * @param numExamples its weight
     * @param metrics training metrics
     * @param values the round's flat vector
     */
    public PendingUpdate(
            int round, int baseRound, String attempt, long numExamples, Map<String, Double> metrics, float[] values) {
        this.round = round;
        this.baseRound = baseRound;
        this.attempt = Objects.requireNonNull(attempt);
        this.numExamples = numExamples;
        this.metrics = Map.copyOf(metrics);
        this.values = Objects.requireNonNull(values);
    }

    public int round() {
        return round;
    }

    public int baseRound() {
        return baseRound;
    }

    public String attempt() {
        return attempt;
    }

    public long numExamples() {
        return numExamples;
    }

    public Map<String, Double> metrics() {
        return metrics;
    }

    /** The flat vector itself, not a copy. */
    public float[] values() {
        return values;
    }

    /** The same update under another upload attempt. */
    public PendingUpdate withAttempt(String fresh) {
        return new PendingUpdate(round, baseRound, fresh, numExamples, metrics, values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PendingUpdate that
                && round == that.round
                && baseRound == that.baseRound
                && attempt.equals(that.attempt)
                && numExamples == that.numExamples
                && metrics.equals(that.metrics)
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Objects.hash(round, baseRound, attempt, numExamples, metrics, Arrays.hashCode(values));
    }

    @Override
    public String toString() {
        return "update of round " + round + ", attempt " + attempt + ", " + values.length + " elements";
    }
}
