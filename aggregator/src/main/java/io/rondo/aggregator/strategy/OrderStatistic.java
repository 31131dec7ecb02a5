package io.rondo.aggregator.strategy;

/**
 * A strategy that needs an element's values from all updates at once, but not their trainers: the order of acceptance and
 * the weights have no effect. The fold reads the cohort when the round closes, some chunks at a time.
 */
public non-sealed interface OrderStatistic extends AggregationStrategy {

    /**
     * The element of the adapter.
     *
     * @param ascending the element in every update, at least one, by {@link Float#compare}; not to be changed
     */
    float of(float[] ascending);
}
