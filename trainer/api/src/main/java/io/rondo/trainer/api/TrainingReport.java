package io.rondo.trainer.api;

import java.util.Map;

/**
 * A trainer's report on one round of training.
 *
 * @param numExamples distinct examples used in this round, the weight of the update
 * @param metrics at least {@code loss}, the mean over the local steps
 */
public record TrainingReport(long numExamples, Map<String, Double> metrics) {
    public TrainingReport {
        if (numExamples < 1) {
            throw new IllegalArgumentException("a round of training on " + numExamples + " examples");
        }
        metrics = Map.copyOf(metrics);
    }
}
