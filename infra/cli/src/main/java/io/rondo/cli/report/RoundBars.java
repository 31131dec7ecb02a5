package io.rondo.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rounds on an axis of time: each is as wide as it took, as high as the updates that count, before the height of those asked. */
public final class RoundBars implements Figure {
    private static final int HEIGHT = 170;
    private static final int LEFT = 52;
    private static final int RIGHT = 12;
    private static final int TOP = 14;
    private static final int BOTTOM = 46;
    private static final double NARROWEST = 1.5;

    private final List<Bar> bars = new ArrayList<>();

    private record Bar(int round, double from, double to, int asked, int counted, int series, String hint) {}

    /**
     * Adds a round.
     *
     * @param from seconds since the job's start
     * @param to its end, or now
     * @param asked trainers that were asked
     * @param counted updates that count
     * @param series number of the colour
     * @param hint shown when the pointer rests on it
     */
    public RoundBars round(int round, double from, double to, int asked, int counted, int series, String hint) {
        bars.add(new Bar(round, from, to, asked, counted, series, hint));
        return this;
    }

    @Override
    public String svg(int width) {
        double first = bars.stream().mapToDouble(Bar::from).min().orElse(0);
        double last = bars.stream().mapToDouble(Bar::to).max().orElse(1);
        int most = bars.stream()
                .mapToInt(bar -> Math.max(bar.asked, bar.counted))
                .max()
                .orElse(1);
        double unit = last - first > 3 * 3600 ? 3600 : last - first > 180 ? 60 : 1;
        Svg svg = new Svg(
                width,
                HEIGHT,
                bars.isEmpty()
                        ? "no rounds yet"
                        : "rounds " + bars.get(0).round + " to " + bars.get(bars.size() - 1).round + " over time");
        Axis xs = new Axis(first / unit, last / unit, LEFT, width - RIGHT);
        Axis ys = new Axis(0, Math.max(1, most), HEIGHT - BOTTOM, TOP);
        for (double tick : ys.ticks()) {
            if (tick == Math.rint(tick)) {
                svg.line(LEFT, ys.place(tick), width - RIGHT, ys.place(tick), "grid");
                svg.text(LEFT - 8, ys.place(tick) + 4, "end", String.format(Locale.ROOT, "%.0f", tick));
            }
        }
        for (double tick : xs.ticks()) {
            svg.line(xs.place(tick), HEIGHT - BOTTOM, xs.place(tick), HEIGHT - BOTTOM + 5, "axis");
            svg.text(xs.place(tick), HEIGHT - BOTTOM + 19, "middle", xs.label(tick));
        }
        svg.text(
                (LEFT + width - RIGHT) / 2.0,
                HEIGHT - 8,
                "middle",
                (unit == 1 ? "seconds" : unit == 60 ? "minutes" : "hours") + " since the job's start");
        svg.upright(14, (TOP + HEIGHT - BOTTOM) / 2.0, "updates");
        for (Bar bar : bars) {
            double x = xs.place(bar.from / unit);
            double length = Math.max(NARROWEST, xs.place(bar.to / unit) - x);
            double gap = length > 6 ? 1.5 : length > 3 ? 0.5 : 0;
            double asked = ys.place(bar.asked);
            double counted = ys.place(bar.counted);
            svg.round(bar.round, x, asked, length - gap, HEIGHT - BOTTOM - asked, "ghost", bar.hint);
            svg.round(
                    bar.round,
                    x,
                    counted,
                    length - gap,
                    HEIGHT - BOTTOM - counted,
                    "round " + Svg.seriesClass(bar.series),
                    bar.hint);
        }
        svg.line(LEFT, HEIGHT - BOTTOM, width - RIGHT, HEIGHT - BOTTOM, "axis");
        return svg.toString();
    }
}
