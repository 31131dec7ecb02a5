package io.rondo.aggregator.strategy;

/**
 * How the updates of a round become its global adapter. A strategy has no state, and a constructor without parameters: a
 * {@code ServiceLoader} finds it by this interface, and a job names it by {@code strategy}.
 */
public sealed interface AggregationStrategy permits RunningStrategy, OrderStatistic {

    /** The name in job files, such as {@code weighted-mean}. */
    String name();
}
