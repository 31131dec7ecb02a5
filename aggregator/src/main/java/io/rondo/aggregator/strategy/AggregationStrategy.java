package io.rondo.aggregator.strategy;

/**
 * How the updates of a round are aggregated. A strategy is stateless and has a public constructor without parameters: a
 * {@code ServiceLoader} finds it by this interface, and a job selects it by {@code strategy}. It implements one of the three
 * kinds, depending on how much of the updates it needs to see.
 */
public sealed interface AggregationStrategy permits RunningStrategy, OrderStatistic, SelectingStrategy {

    /** The name in job files, such as {@code weighted-mean}. */
    String name();

    /** This strategy with the settings of a job; the same object if it has no settings. */
    default AggregationStrategy configured(StrategySettings settings) {
        return this;
    }
}
