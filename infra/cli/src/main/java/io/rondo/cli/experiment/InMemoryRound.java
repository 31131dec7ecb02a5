package io.rondo.cli.experiment;

import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.ChunkAccumulator;
import io.rondo.aggregator.strategy.OrderStatistic;
import io.rondo.aggregator.strategy.RunningStrategy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The updates of one round, aggregated by the strategy of a real job, in the order of the trainers. */
final class InMemoryRound {
    private final AggregationStrategy strategy;
    private final int elements;
    private final List<float[]> updates = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();

    InMemoryRound(AggregationStrategy strategy, int elements) {
        this.strategy = strategy;
        this.elements = elements;
    }

    void add(double weight, float[] values) {
        updates.add(values);
        weights.add(weight);
    }

    /** The global adapter. */
    float[] result() {
        if (strategy instanceof RunningStrategy running) {
            ChunkAccumulator accumulator = running.accumulator(elements);
            for (int i = 0; i < updates.size(); i++) {
                accumulator.add(weights.get(i), updates.get(i));
            }
            return accumulator.result();
        }
        return statistic((OrderStatistic) strategy);
    }

    private float[] statistic(OrderStatistic statistic) {
        float[] result = new float[elements];
        float[] column = new float[updates.size()];
        for (int element = 0; element < elements; element++) {
            for (int i = 0; i < column.length; i++) {
                column[i] = updates.get(i)[element];
            }
            Arrays.sort(column);
            result[element] = statistic.of(column);
        }
        return result;
    }
}
