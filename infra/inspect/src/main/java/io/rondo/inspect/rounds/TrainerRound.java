package io.rondo.inspect.rounds;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * One trainer in one round.
 *
 * @param trainer its id
 * @param training what it measured while training, such as {@code loss}; empty if no update of it counts
 * @param evaluation what it measured with the round's adapter, such as {@code test/accuracy}; empty until then
 */
public record TrainerRound(String trainer, Map<String, Double> training, Map<String, Double> evaluation) {
    public TrainerRound {
        training = Map.copyOf(training);
        evaluation = Map.copyOf(evaluation);
    }

    public OptionalDouble loss() {
        return of(training, "loss");
    }

    public OptionalDouble accuracy() {
        return of(evaluation, "test/accuracy");
    }

    /** The share of word problems whose final answer is right; empty where the model tells texts apart. */
    public OptionalDouble exactMatch() {
        return of(evaluation, "test/exact-match");
    }

    public OptionalDouble pooledExactMatch() {
        return of(evaluation, "pooled/exact-match");
    }

    public OptionalDouble testLoss() {
        return of(evaluation, "test/loss");
    }

    /** Accuracy, or exact match: whatever the model is measured by. */
    public OptionalDouble score() {
        return accuracy().isPresent() ? accuracy() : exactMatch();
    }

    /** Whether {@link #score()} is an exact match. */
    public boolean answersProblems() {
        return accuracy().isEmpty() && exactMatch().isPresent();
    }

    /** Whether it has measured the round's adapter. */
    public boolean isEvaluated() {
        return score().isPresent() || testLoss().isPresent();
    }

    public OptionalDouble headOnlyAccuracy() {
        return of(evaluation, "head-only/test/accuracy");
    }

    public OptionalDouble pooledAccuracy() {
        return of(evaluation, "pooled/accuracy");
    }

    /**
     * On the examples of one of MNLI's sets that all sites have together.
     *
     * @param devSet {@code matched} or {@code mismatched}
     */
    public OptionalDouble pooledAccuracy(String devSet) {
        return of(evaluation, "pooled/accuracy-" + devSet);
    }

    private static OptionalDouble of(Map<String, Double> metrics, String name) {
        Double value = metrics.get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
