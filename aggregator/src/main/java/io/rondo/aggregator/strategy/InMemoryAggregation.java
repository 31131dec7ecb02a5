package io.rondo.aggregator.strategy;

import java.util.Arrays;
import java.util.List;

/** Applies a strategy to whole vectors in memory: for experiments and for tests of strategies. */
public final class InMemoryAggregation {
    private InMemoryAggregation() {}

    /**
     * The aggregate of some updates.
     *
     * @param updates vectors of one length, at least one, in the order of acceptance
     * @param weights their weights, positive
     */
    public static float[] of(AggregationStrategy strategy, List<float[]> updates, double[] weights) {
        if (strategy instanceof RunningStrategy running) {
            return sum(running, updates, weights);
        }
        if (strategy instanceof SelectingStrategy selecting) {
            return sum(new WeightedMean(), updates, selecting.weights(weights, squaredDistances(updates)));
        }
        return statistic((OrderStatistic) strategy, updates);
    }

    private static float[] sum(RunningStrategy running, List<float[]> updates, double[] weights) {
        ChunkAccumulator accumulator = running.accumulator(updates.get(0).length);
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                accumulator.add(weights[i], updates.get(i));
            }
        }
        return accumulator.result();
    }

    private static float[] statistic(OrderStatistic statistic, List<float[]> updates) {
        float[] result = new float[updates.get(0).length];
        float[] column = new float[updates.size()];
        for (int element = 0; element < result.length; element++) {
            for (int i = 0; i < column.length; i++) {
                column[i] = updates.get(i)[element];
            }
            Arrays.sort(column);
            result[element] = statistic.of(column);
        }
        return result;
    }

    /** The squared L2 distances between the updates. */
    static double[][] squaredDistances(List<float[]> updates) {
        int n = updates.size();
        double[][] distances = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                distances[i][j] = NormClip.product(updates.get(i), updates.get(i), updates.get(j));
                distances[j][i] = distances[i][j];
            }
        }
        return distances;
    }
}
