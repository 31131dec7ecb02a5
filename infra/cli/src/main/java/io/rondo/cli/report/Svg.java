package io.rondo.cli.report;

import java.util.Locale;

/** Writes SVG elements; text and attributes are escaped, numbers have the point whatever the locale. */
final class Svg {
    /** Series beyond this many share colours. */
    private static final int COLOURS = 8;

    private final StringBuilder body = new StringBuilder();
    private final int width;
    private final int height;
    private final String title;

    /** @param title what the picture shows, for those who cannot see it */
    Svg(int width, int height, String title) {
        this.width = width;
        this.height = height;
        this.title = title;
    }

    static String seriesClass(int series) {
        return "s" + series % COLOURS;
    }

    Svg line(double x1, double y1, double x2, double y2, String cssClass) {
        return add(
                "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>", cssClass, n(x1), n(y1), n(x2), n(y2));
    }

    Svg polyline(CharSequence points, String cssClass) {
        return add("<polyline class=\"%s\" points=\"%s\"/>", cssClass, points);
    }

    Svg polygon(CharSequence points, String cssClass) {
        return add("<polygon class=\"%s\" points=\"%s\"/>", cssClass, points);
    }

    /** A rectangle that stands for a round, whose number a script finds in {@code data-round}. */
    Svg round(int round, double x, double y, double w, double h, String cssClass, String hint) {
        return add(
                "<rect class=\"%s\" data-round=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\">%s</rect>",
                cssClass, round, n(x), n(y), n(w), n(h), hint(hint));
    }

    /** @param hint shown when the pointer rests on it; may be empty */
    Svg rect(double x, double y, double w, double h, String cssClass, double opacity, String hint) {
        return add(
                "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill-opacity=\"%s\">%s</rect>",
                cssClass, n(x), n(y), n(w), n(h), n(opacity), hint(hint));
    }

    Svg circle(double x, double y, double radius, String cssClass, String hint) {
        return add(
                "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\">%s</circle>",
                cssClass, n(x), n(y), n(radius), hint(hint));
    }

    /** @param anchor {@code start}, {@code middle} or {@code end} */
    Svg text(double x, double y, String anchor, String text) {
        return add("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>", n(x), n(y), anchor, escape(text));
    }

    /** Text that reads upwards. */
    Svg upright(double x, double y, String text) {
        return add(
                "<text transform=\"translate(%s %s) rotate(-90)\" text-anchor=\"middle\">%s</text>",
                n(x), n(y), escape(text));
    }

    static String point(double x, double y) {
        return n(x) + ',' + n(y) + ' ';
    }

    @Override
    public String toString() {
        return "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n%s</svg>%n"
                .formatted(width, height, escape(title), body);
    }

    private Svg add(String format, Object... values) {
        body.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
        return this;
    }

    private static String hint(String text) {
        return text.isEmpty() ? "" : "<title>" + escape(text) + "</title>";
    }

    private static String n(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
