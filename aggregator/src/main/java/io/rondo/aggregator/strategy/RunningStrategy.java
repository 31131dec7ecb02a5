package io.rondo.aggregator.strategy;

/** A strategy that processes updates one by one, so that nothing is left to read when the round closes. */
public non-sealed interface RunningStrategy extends AggregationStrategy {

    /** An accumulator for one chunk of {@code count} elements. */
    ChunkAccumulator accumulator(int count);
}
