package io.rondo.aggregator.strategy;

/**
 * A strategy that weights whole updates by their distances from each other. Folds measure their partitions; the coordinator
 * adds up the measurements and logs the weights that this strategy computes; then the weighted mean is folded.
 */
public non-sealed interface SelectingStrategy extends AggregationStrategy {

    /**
     * The weight of each update in the mean; 0 excludes an update, and at least one is included.
     *
     * @param given the weights by the job's rules, positive, in the order of acceptance
     * @param squaredDistances the squared L2 distances between them over all elements, symmetric, 0 on the diagonal
     */
    double[] weights(double[] given, double[][] squaredDistances);
}
