package io.rondo.aggregator.strategy;

import io.rondo.schemas.error.BrokenInvariantException;

/**
 * Σ wᵢ·xᵢ / Σ wᵢ (arXiv 2410.01463, section 4; FedAvg). Products and sums are float64 in the order of acceptance; each
 * element is divided once and rounded to float32 once.
 */
public final class WeightedMean implements RunningStrategy {
    @Override
    public String name() {
        return "weighted-mean";
    }

    @Override
    public ChunkAccumulator accumulator(int count) {
        return new Sum(count);
    }

    private static final class Sum implements ChunkAccumulator {
        private final double[] sums;
        private double weights;

        Sum(int count) {
            sums = new double[count];
        }

        @Override
        public void add(double weight, float[] values) {
            if (values.length != sums.length || !(weight > 0)) {
                throw new IllegalArgumentException(
                        values.length + " values of weight " + weight + " for a chunk of " + sums.length);
            }
            for (int i = 0; i < sums.length; i++) {
                sums[i] += weight * values[i];
            }
            weights += weight;
        }

        @Override
        public float[] result() {
            if (weights == 0) {
                throw new BrokenInvariantException("the mean of no update");
            }
            float[] mean = new float[sums.length];
            for (int i = 0; i < mean.length; i++) {
                mean[i] = (float) (sums[i] / weights);
            }
            return mean;
        }
    }
}
