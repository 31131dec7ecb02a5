package io.rondo.trainer.nd4j.engine;

/** Functions in double precision, from their series. */
public final class SlowMath {
    private SlowMath() {}

    /** The standard normal distribution's cumulative function, by its Taylor series; exact to 1e-13 within ±6. */
    private static double cumulative(double x) {
        if (Math.abs(x) > 8) {
            return x > 0 ? 1 : 0;
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 300; n++) {
            term *= x * x / (2 * n + 1);
            sum += term;
        }
        return 0.5 + sum * density(x);
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    public static double gelu(double x) {
        return x * cumulative(x);
    }

    public static double geluSlope(double x) {
        return cumulative(x) + x * density(x);
    }
}
