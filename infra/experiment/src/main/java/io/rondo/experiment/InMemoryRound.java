package io.rondo.experiment;

import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.InMemoryAggregation;
import java.util.ArrayList;
import java.util.List;

/** The updates of one round, aggregated by the strategy of a real job, in the order of the trainers. */
final class InMemoryRound {
    private final AggregationStrategy strategy;
    private final List<float[]> updates = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();

    InMemoryRound(AggregationStrategy strategy) {
        this.strategy = strategy;
    }

    void add(double weight, float[] values) {
        updates.add(values);
        weights.add(weight);
    }

    /** The global adapter. */
    float[] result() {
        return InMemoryAggregation.of(
                strategy,
                updates,
                weights.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
