package io.rondo.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Spans of time in rows, and moments that concern all rows, such as a deadline. */
public final class Timeline implements Figure {
    private static final int LEFT = 120;
    private static final int RIGHT = 20;
    private static final int TOP = 30;
    private static final int ROW = 26;
    private static final int BOTTOM = 46;

    private final String xLabel;
    private final List<Span> spans = new ArrayList<>();
    private final List<Moment> moments = new ArrayList<>();
    private final Set<String> rows = new LinkedHashSet<>();

    private record Span(String row, double from, double to, int series, String hint) {}

    private record Moment(String name, double at) {}

    public Timeline(String xLabel) {
        this.xLabel = xLabel;
    }

    /**
     * Adds a span; rows stand in the order of their first spans.
     *
     * @param series number of the colour
     * @param hint shown when the pointer rests on it
     */
    public Timeline span(String row, double from, double to, int series, String hint) {
        rows.add(row);
        spans.add(new Span(row, from, to, series, hint));
        return this;
    }

    public Timeline moment(String name, double at) {
        moments.add(new Moment(name, at));
        return this;
    }

    @Override
    public String svg(int width) {
        int bottom = TOP + ROW * rows.size();
        Svg svg = new Svg(width, bottom + BOTTOM, "what happened over " + xLabel);
        double last = Math.max(
                spans.stream().mapToDouble(Span::to).max().orElse(1),
                moments.stream().mapToDouble(Moment::at).max().orElse(1));
        Axis xs = new Axis(0, last, LEFT, width - RIGHT);
        for (double tick : xs.ticks()) {
            svg.line(xs.place(tick), TOP, xs.place(tick), bottom + 5, "grid");
            svg.text(xs.place(tick), bottom + 19, "middle", xs.label(tick));
        }
        svg.text((LEFT + width - RIGHT) / 2.0, bottom + 38, "middle", xLabel);
        List<String> names = List.copyOf(rows);
        names.forEach(name -> svg.text(LEFT - 8, TOP + names.indexOf(name) * ROW + 17.0, "end", name));
        for (Span span : spans) {
            double length = Math.max(2, xs.place(span.to) - xs.place(span.from));
            double y = TOP + names.indexOf(span.row) * ROW + 4.0;
            svg.rect(xs.place(span.from), y, length, ROW - 8.0, "bar " + Svg.seriesClass(span.series), 1, span.hint);
        }
        for (Moment moment : moments) {
            svg.line(xs.place(moment.at), TOP - 8, xs.place(moment.at), bottom, "moment");
            String anchor = moment.at > last * 0.8 ? "end" : "start";
            svg.text(xs.place(moment.at) + (anchor.equals("end") ? -4 : 4), TOP - 12, anchor, moment.name);
        }
        return svg.toString();
    }
}
