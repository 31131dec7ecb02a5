package io.rondo.aggregator.strategy;

/** How the updates of a round become its global adapter. */
public interface AggregationStrategy {

    /** The name in job files, such as {@code weighted-mean}. */
    String name();

    /** An accumulator for one chunk of {@code count} elements. */
    ChunkAccumulator accumulator(int count);
}
