package io.rondo.cli.report;

import java.util.List;
import java.util.Locale;

/** A field of numbers between -1 and 1, such as cosines: the first colour for what is above 0, the second for what is below. */
public final class HeatMap implements Figure {
    private static final int LABELS = 150;
    /** Narrower than this there is less room for the labels of rows. */
    private static final int NARROW = 520;

    private static final int NARROW_LABELS = 84;
    private static final int NARROW_LETTERS = 12;
    private static final int TOP = 30;
    private static final int BOTTOM = 24;
    private static final int ROW = 22;
    /** A cell narrower than this has no room for its number. */
    private static final double ROOM_FOR_TEXT = 34;
    /** Labels of columns stand at least this far apart. */
    private static final double ROOM_FOR_LABEL = 26;

    private final String title;
    private final List<String> rows;
    private final List<String> columns;
    private final double[][] values;

    /**
     * @param values a row for each of {@code rows}, with a number for each of {@code columns}; NaN leaves a cell empty
     * @throws IllegalArgumentException when there are more or fewer
     */
    public HeatMap(String title, List<String> rows, List<String> columns, double[][] values) {
        this.title = title;
        this.rows = List.copyOf(rows);
        this.columns = List.copyOf(columns);
        this.values = values.clone();
        for (double[] row : values) {
            if (row.length != columns.size() || values.length != rows.size()) {
                throw new IllegalArgumentException(
                        "a field of " + rows.size() + " × " + columns.size() + " with other values");
            }
        }
    }

    @Override
    public String svg(int width) {
        Svg svg = new Svg(width, TOP + ROW * rows.size() + BOTTOM, title);
        int labels = width < NARROW ? NARROW_LABELS : LABELS;
        double cell = (double) (width - labels - 10) / Math.max(1, columns.size());
        int every = (int) Math.ceil(ROOM_FOR_LABEL / cell);
        svg.text(labels - 8, TOP - 10, "end", fitting(title, width));
        for (int column = 0; column < columns.size(); column += every) {
            svg.text(labels + (column + 0.5) * cell, TOP - 10, "middle", columns.get(column));
        }
        for (int row = 0; row < rows.size(); row++) {
            double y = TOP + (double) row * ROW;
            svg.text(labels - 8, y + ROW - 7, "end", fitting(rows.get(row), width));
            for (int column = 0; column < columns.size(); column++) {
                cell(svg, row, column, labels + column * cell, y, cell);
            }
        }
        return svg.toString();
    }

    private static String fitting(String label, int width) {
        return width >= NARROW || label.length() <= NARROW_LETTERS
                ? label
                : label.substring(0, NARROW_LETTERS - 1) + "…";
    }

    private void cell(Svg svg, int row, int column, double x, double y, double width) {
        double value = values[row][column];
        if (!Double.isFinite(value)) {
            return;
        }
        String text = String.format(Locale.ROOT, "%.2f", value);
        String hint = rows.get(row) + ", " + columns.get(column) + ": " + String.format(Locale.ROOT, "%.4f", value);
        double gap = width > ROOM_FOR_TEXT ? 1.5 : 0.5;
        svg.rect(x, y, width - gap, ROW - gap, "cell " + Svg.seriesClass(value < 0 ? 1 : 0), strength(value), hint);
        if (width > ROOM_FOR_TEXT) {
            svg.text(x + width / 2, y + ROW - 7, "middle", text);
        }
    }

    /** Never so strong that the number in the cell could not be read. */
    private static double strength(double value) {
        return 0.04 + 0.6 * Math.min(1, Math.abs(value));
    }
}
