package io.rondo.aggregator.strategy;

/**
 * A strategy that weighs whole updates by how far they are from each other. Folds measure their partitions, the coordinator adds
 * that up and logs the weights that this strategy gives, and then the weighted mean is folded.
 */
public non-sealed interface SelectingStrategy extends AggregationStrategy {

    /**
     * The weight of each update in the mean; 0 leaves one out, and not all are left out.
     *
     * @param given the weights that the job gives them, positive, in the order of acceptance
     * @param squaredDistances the squared L2 distances between them over all elements, symmetric, 0 on the diagonal
     */
    double[] weights(double[] given, double[][] squaredDistances);
}
