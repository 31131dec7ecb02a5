package io.rondo.samples;

import java.util.SplittableRandom;

/** Draws from the symmetric Dirichlet distribution, with the same result on every JVM: StrictMath throughout. */
final class Dirichlet {
    private final double concentration;
    private final SplittableRandom random;

    Dirichlet(double concentration, SplittableRandom random) {
        if (!(concentration > 0) || Double.isInfinite(concentration)) {
            throw new IllegalArgumentException("a concentration of " + concentration);
        }
        this.concentration = concentration;
        this.random = random;
    }

    /** So many shares that are not negative and sum to 1. */
    double[] draw(int shares) {
        double[] logs = new double[shares];
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < shares; i++) {
            logs[i] = logGamma();
            largest = Math.max(largest, logs[i]);
        }
        // In logarithms, since a small concentration draws numbers that a double holds only as zero.
        double[] drawn = new double[shares];
        double sum = 0;
        for (int i = 0; i < shares; i++) {
            drawn[i] = StrictMath.exp(logs[i] - largest);
            sum += drawn[i];
        }
        for (int i = 0; i < shares; i++) {
            drawn[i] /= sum;
        }
        return drawn;
    }

    /** Marsaglia and Tsang (2000): a gamma variate of shape a + 1, brought down to shape a by u^(1/a). */
    private double logGamma() {
        double d = concentration + 1 - 1.0 / 3;
        double c = 1 / StrictMath.sqrt(9 * d);
        while (true) {
            double x = gaussian();
            double v = (1 + c * x) * (1 + c * x) * (1 + c * x);
            if (v > 0 && StrictMath.log(open()) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
                return StrictMath.log(d * v) + StrictMath.log(open()) / concentration;
            }
        }
    }

    /** Box and Muller. */
    private double gaussian() {
        return StrictMath.sqrt(-2 * StrictMath.log(open())) * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }

    /** Uniform on (0, 1]. */
    private double open() {
        return 1 - random.nextDouble();
    }
}
