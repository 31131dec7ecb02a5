package io.rondo.aggregator.strategy;

/**
 * Bounds the distance of an update from its base (McMahan et al. 2018, arXiv 1710.06963, section 2): if the L2 norm of the
 * difference is larger than the bound, the difference is scaled down to it. Sums are float64, and each element is rounded
 * once.
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

    /** The clipped update: the same array if it is within the bound. */
    public float[] clip(float[] base, float[] update) {
        return scaled(base, update, scale(Math.sqrt(squaredDistance(base, update))));
    }

    /** The factor for a difference of this norm: 1 if it is within the bound. */
    public double scale(double norm) {
        return norm <= bound ? 1 : bound / norm;
    }

    /** The update, or some elements of it, with its difference to the base scaled: the same array if the factor is 1. */
    public static float[] scaled(float[] base, float[] update, double scale) {
        if (scale == 1) {
            return update;
        }
        float[] clipped = new float[update.length];
        for (int i = 0; i < clipped.length; i++) {
            clipped[i] = (float) (base[i] + scale * ((double) update[i] - base[i]));
        }
        return clipped;
    }

    /** @throws IllegalArgumentException when the vectors differ in length */
    private static double squaredDistance(float[] one, float[] other) {
        return product(one, one, other);
    }

    /**
     * The inner product of two differences to one base.
     *
     * @throws IllegalArgumentException when the vectors differ in length
     */
    public static double product(float[] one, float[] two, float[] base) {
        if (one.length != base.length || two.length != base.length) {
            throw new IllegalArgumentException(
                    "vectors of " + one.length + ", " + two.length + " and " + base.length + " elements");
        }
        double sum = 0;
        for (int i = 0; i < base.length; i++) {
            sum += ((double) one[i] - base[i]) * ((double) two[i] - base[i]);
        }
        return sum;
    }
}
