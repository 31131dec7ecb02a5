package io.rondo.cli.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Numbers from 0 on, as bars below one another, each with its name before and its value behind it. */
public final class Bars implements Figure {
    private static final int LABELS = 150;
    private static final int VALUES = 70;
    private static final int TOP = 30;
    private static final int ROW = 22;

    private final String title;
    private final List<String> names;
    private final double[] values;

    /** @throws IllegalArgumentException when there are not as many values as names */
    public Bars(String title, List<String> names, double[] values) {
        this.title = title;
        this.names = List.copyOf(names);
        this.values = values.clone();
        if (values.length != names.size()) {
            throw new IllegalArgumentException(names.size() + " names of " + values.length + " values");
        }
    }

    @Override
    public String svg(int width) {
        Svg svg = new Svg(width, TOP + ROW * names.size() + 8, title);
        double largest = Arrays.stream(values).filter(Double::isFinite).max().orElse(0);
        svg.text(LABELS, TOP - 10, "start", title);
        for (int row = 0; row < values.length; row++) {
            double y = TOP + (double) row * ROW;
            double length =
                    largest > 0 && Double.isFinite(values[row]) ? (width - LABELS - VALUES) * values[row] / largest : 0;
            String value = Double.isFinite(values[row]) ? String.format(Locale.ROOT, "%.4f", values[row]) : "–";
            svg.text(LABELS - 8, y + ROW - 7, "end", names.get(row));
            svg.rect(LABELS, y + 2, length, ROW - 6.0, "bar " + Svg.seriesClass(0), 1, names.get(row) + ": " + value);
            svg.text(LABELS + length + 6, y + ROW - 7, "start", value);
        }
        return svg.toString();
    }
}
