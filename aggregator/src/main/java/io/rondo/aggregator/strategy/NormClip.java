package io.rondo.aggregator.strategy;

/**
 * Bounds how far an update may be from what it started from (McMahan et al. 2018, arXiv 1710.06963, section 2): its difference to the
 * base is scaled down to the bound where its L2 norm is larger. Sums are float64, and each element is rounded once.
 */
public final class NormClip {
    private final double bound;

    /** @throws IllegalArgumentException when the bound is not above 0 */
    public NormClip(double bound) {
        if (!(bound > 0)) {
            throw new IllegalArgumentException("a bound of " + bound);
        }
        this.bound = bound;
    }

    /** The update within the bound: the same array, where it was within. */
    public float[] clip(float[] base, float[] update) {
        double norm = distance(base, update);
        if (norm <= bound) {
            return update;
        }
        double scale = bound / norm;
        float[] clipped = new float[update.length];
        for (int i = 0; i < clipped.length; i++) {
            clipped[i] = (float) (base[i] + scale * ((double) update[i] - base[i]));
        }
        return clipped;
    }

    /** @throws IllegalArgumentException when the vectors differ in length */
    private static double distance(float[] one, float[] other) {
        if (one.length != other.length) {
            throw new IllegalArgumentException("vectors of " + one.length + " and " + other.length + " elements");
        }
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            double difference = (double) one[i] - other[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }
}
