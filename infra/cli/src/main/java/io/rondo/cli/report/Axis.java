package io.rondo.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A linear axis: from values to places in the picture, with ticks at round numbers. */
final class Axis {
    private static final int TICKS = 6;
    /** An axis whose values are all the same still needs a length. */
    private static final double SMALLEST = 1e-12;

    private final double low;
    private final double high;
    private final double from;
    private final double to;

    /**
     * @param from place of the lowest value
     * @param to place of the highest value; smaller than {@code from} for an axis that goes up
     */
    Axis(double low, double high, double from, double to) {
        double margin = high - low < SMALLEST ? Math.max(Math.abs(low), 1) / 2 : 0;
        this.low = low - margin;
        this.high = high + margin;
        this.from = from;
        this.to = to;
    }

    double place(double value) {
        return from + (value - low) / (high - low) * (to - from);
    }

    /** Round numbers within the axis. */
    List<Double> ticks() {
        double step = step();
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step - SMALLEST); i * step <= high + step * SMALLEST; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** A tick's label, with as many decimals as tell the ticks apart. */
    String label(double tick) {
        int decimals = Math.max(0, (int) Math.ceil(-Math.log10(step()) - SMALLEST));
        return String.format(Locale.ROOT, "%." + decimals + "f", tick == 0 ? 0.0 : tick);
    }

    private double step() {
        double rough = (high - low) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double mantissa = rough / power;
        return power * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
    }
}
