package io.rondo.aggregator.strategy;

/** A strategy that takes the updates one after the other, so that nothing is left to read when the round closes. */
public non-sealed interface RunningStrategy extends AggregationStrategy {

    /** An accumulator for one chunk of {@code count} elements. */
    ChunkAccumulator accumulator(int count);
}
