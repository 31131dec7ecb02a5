package io.rondo.experiment;

import java.util.Arrays;
import java.util.Locale;

/** Mean and sample standard deviation over seeds. */
record Spread(double mean, double deviation) {

    static Spread of(double... values) {
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return new Spread(mean, values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f ± %.3f", mean, deviation);
    }
}
