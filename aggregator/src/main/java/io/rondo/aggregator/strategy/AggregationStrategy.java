package io.rondo.aggregator.strategy;

/**
 * How the updates of a round become one. A strategy has no state, and a public constructor without parameters: a {@code
 * ServiceLoader} finds it by this interface, and a job names it by {@code strategy}. It implements the one of the three kinds
 * that sees as much as it needs.
 */
public sealed interface AggregationStrategy permits RunningStrategy, OrderStatistic, SelectingStrategy {

    /** The name in job files, such as {@code weighted-mean}. */
    String name();

    /** This strategy under the settings of a job; itself, where it has none. */
    default AggregationStrategy configured(StrategySettings settings) {
        return this;
    }
}
