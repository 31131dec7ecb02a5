package io.rondo.aggregator.strategy;

/**
 * Rounding to float32 that stays finite, so that a trainer's huge values cannot turn an adapter or a state into infinities
 * permanently.
 */
final class Float32Rounding {
    private Float32Rounding() {}

    /** The nearest finite float32. NaN stays NaN. */
    static float finite(double value) {
        return (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
    }
}
