package io.rondo.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Lines over a common axis, each with a name and, where it has one, a band around it. Values that are no numbers leave gaps. */
public final class LineChart implements Figure {
    private static final int HEIGHT = 300;
    private static final int LEFT = 64;
    private static final int RIGHT = 150;
    private static final int TOP = 14;
    private static final int BOTTOM = 46;
    private static final int LEGEND_LINE = 18;
    /** Narrower than this the legend stands below the lines. */
    private static final int NARROW = 560;

    private static final int NARROW_LEFT = 52;
    private static final int NARROW_RIGHT = 12;
    /** Room for a name in a legend below. */
    private static final int LEGEND_COLUMN = 150;
    /** With more points than this the dots would hide the line. */
    private static final int MOST_DOTS = 60;

    private final String xLabel;
    private final String yLabel;
    private final List<Line> lines = new ArrayList<>();

    private static final class Line {
        private final String name;
        private final double[] x;
        private final double[] y;
        private final double[] low;
        private final double[] high;

        Line(String name, double[] x, double[] y, double[] low, double[] high) {
            this.name = name;
            this.x = x.clone();
            this.y = y.clone();
            this.low = low.clone();
            this.high = high.clone();
        }
    }

    public LineChart(String xLabel, String yLabel) {
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** @throws IllegalArgumentException when the arrays differ in length */
    public LineChart line(String name, double[] x, double[] y) {
        return line(name, x, y, y, y);
    }

    /** A line with a band from {@code low} to {@code high}. */
    public LineChart line(String name, double[] x, double[] y, double[] low, double[] high) {
        if (x.length != y.length || x.length != low.length || x.length != high.length) {
            throw new IllegalArgumentException(
                    "line '" + name + "' has " + x.length + " places and " + y.length + " values");
        }
        lines.add(new Line(name, x, y, low, high));
        return this;
    }

    @Override
    public String svg(int width) {
        boolean isNarrow = width < NARROW;
        int left = isNarrow ? NARROW_LEFT : LEFT;
        int right = width - (isNarrow ? NARROW_RIGHT : RIGHT);
        int columns = Math.max(1, (right - left) / LEGEND_COLUMN);
        int legend = isNarrow ? LEGEND_LINE * ((lines.size() + columns - 1) / columns) + 4 : 0;
        Svg svg = new Svg(width, HEIGHT + legend, yLabel + " over " + xLabel);
        Axis xs = axis(lines.stream().map(line -> line.x), left, right);
        Axis ys = axis(lines.stream().flatMap(line -> Stream.of(line.y, line.low, line.high)), HEIGHT - BOTTOM, TOP);
        for (double tick : ys.ticks()) {
            svg.line(left, ys.place(tick), right, ys.place(tick), "grid");
            svg.text(left - 8, ys.place(tick) + 4, "end", ys.label(tick));
        }
        for (double tick : xs.ticks()) {
            svg.line(xs.place(tick), HEIGHT - BOTTOM, xs.place(tick), HEIGHT - BOTTOM + 5, "axis");
            svg.text(xs.place(tick), HEIGHT - BOTTOM + 19, "middle", xs.label(tick));
        }
        svg.line(left, HEIGHT - BOTTOM, right, HEIGHT - BOTTOM, "axis");
        svg.text((left + right) / 2.0, HEIGHT - 8, "middle", xLabel);
        svg.upright(14, (TOP + HEIGHT - BOTTOM) / 2.0, yLabel);
        for (int i = 0; i < lines.size(); i++) {
            draw(svg, lines.get(i), Svg.seriesClass(i), xs, ys);
            double x = isNarrow ? left + (double) (i % columns) * LEGEND_COLUMN : right + 14.0;
            int row = isNarrow ? i / columns : i;
            double y = (isNarrow ? HEIGHT : TOP) + 8 + (double) row * LEGEND_LINE;
            svg.line(x, y, x + 20, y, "line " + Svg.seriesClass(i));
            svg.text(x + 26, y + 4, "start", lines.get(i).name);
        }
        return svg.toString();
    }

    private static Axis axis(Stream<double[]> values, double from, double to) {
        double[] finite = values.flatMapToDouble(DoubleStream::of)
                .filter(Double::isFinite)
                .toArray();
        double low = DoubleStream.of(finite).min().orElse(0);
        double high = DoubleStream.of(finite).max().orElse(1);
        return new Axis(low, high, from, to);
    }

    private static void draw(Svg svg, Line line, String series, Axis xs, Axis ys) {
        band(svg, line, series, xs, ys);
        StringBuilder run = new StringBuilder();
        for (int i = 0; i < line.x.length; i++) {
            if (Double.isFinite(line.y[i])) {
                run.append(Svg.point(xs.place(line.x[i]), ys.place(line.y[i])));
            } else {
                svg.polyline(run, "line " + series);
                run.setLength(0);
            }
        }
        svg.polyline(run, "line " + series);
        for (int i = 0; i < line.x.length && line.x.length <= MOST_DOTS; i++) {
            if (Double.isFinite(line.y[i])) {
                String hint = String.format(Locale.ROOT, "%s, %s: %.4g", line.name, xs.label(line.x[i]), line.y[i]);
                svg.circle(xs.place(line.x[i]), ys.place(line.y[i]), 2.6, "dot " + series, hint);
            }
        }
    }

    private static void band(Svg svg, Line line, String series, Axis xs, Axis ys) {
        StringBuilder upper = new StringBuilder();
        StringBuilder lower = new StringBuilder();
        boolean isWide = false;
        for (int i = 0; i < line.x.length; i++) {
            if (Double.isFinite(line.low[i]) && Double.isFinite(line.high[i])) {
                isWide |= line.high[i] > line.low[i];
                upper.append(Svg.point(xs.place(line.x[i]), ys.place(line.high[i])));
                lower.insert(0, Svg.point(xs.place(line.x[i]), ys.place(line.low[i])));
            }
        }
        if (isWide) {
            svg.polygon(upper.append(lower), "band " + series);
        }
    }
}
