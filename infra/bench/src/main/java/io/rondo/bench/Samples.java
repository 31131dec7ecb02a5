package io.rondo.bench;

import java.util.Arrays;
import java.util.Collection;

/** Measured numbers, in ascending order. */
final class Samples {
    private final double[] sorted;

    /** @throws IllegalArgumentException when there are none */
    Samples(Collection<Double> values) {
        sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no samples");
        }
    }

    double median() {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /**
     * The smallest sample that at least this share of all does not exceed (nearest rank): with few samples a high percentile
     * is the largest.
     *
     * @param percent above 0, at most 100
     */
    double percentile(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException("percentile " + percent);
        }
        return sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1];
    }

    @Override
    public String toString() {
        return Arrays.toString(sorted);
    }
}
