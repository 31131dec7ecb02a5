package io.rondo.page.http;

import io.rondo.cli.report.Figure;
import io.rondo.cli.report.HeatMap;
import io.rondo.cli.report.LineChart;
import io.rondo.cli.report.RoundBars;
import io.rondo.cli.report.Timeline;
import io.rondo.page.index.JobIndex;
import io.rondo.page.index.Measure;
import io.rondo.page.index.Views;
import io.rondo.page.work.Measured;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/** The pictures of the page: those of the pages that {@code --html} writes, laid out for the width of the reader's window. */
final class Charts {
    /** So many trainers have a line each without being asked for; with more there is the mean and the range. */
    private static final int FEW = 7;

    private static final int MOST_POINTS = 1_000;
    private static final int MOST_ROWS = 60;

    private Charts() {}

    static Figure lines(JobIndex index, Measure measure, String label, int from, int to, List<String> chosen) {
        int[] numbers = index.numbers(from, to, MOST_POINTS);
        double[] x = Arrays.stream(numbers).asDoubleStream().toArray();
        LineChart chart = new LineChart("round", label);
        List<Views.Series> spread = index.spread(measure, numbers);
        List<String> all = index.trainers(0, FEW + 1).rows().stream()
                .map(Views.TrainerRow::trainer)
                .toList();
        boolean isFew = all.size() <= FEW;
        double[] mean = spread.get(1).values();
        if (isFew) {
            chart.line("mean", x, mean);
        } else {
            chart.line(
                    "mean, and range",
                    x,
                    mean,
                    spread.get(0).values(),
                    spread.get(2).values());
        }
        (isFew ? all : chosen.stream().limit(FEW).toList()).forEach(trainer -> index.series(measure, trainer, numbers)
                .filter(series -> Arrays.stream(series.values()).anyMatch(Double::isFinite))
                .ifPresent(series -> chart.line(trainer, x, series.values())));
        return chart;
    }

    static Figure rounds(JobIndex index, int from, int to, long now) {
        RoundBars bars = new RoundBars();
        List<Views.RoundRow> rows = index.rounds(from, to - from + 1).rows();
        long start = index.rounds(0, 1).rows().stream()
                .mapToLong(Views.RoundRow::openedAt)
                .findFirst()
                .orElse(0);
        for (Views.RoundRow row : rows) {
            double opened = (row.openedAt() - start) / 1e3;
            double end = row.seconds() != null
                    ? opened + row.seconds()
                    : Math.max(opened, (Math.min(now, row.deadline()) - start) / 1e3);
            bars.round(
                    row.round(),
                    opened,
                    end,
                    row.asked(),
                    row.accepted(),
                    colour(row.status()),
                    String.format(
                            Locale.ROOT,
                            "round %d, %s: %d of %d updates, %.1f s",
                            row.round(),
                            row.status(),
                            row.accepted(),
                            row.asked(),
                            end - opened));
        }
        return bars;
    }

    private static int colour(String status) {
        return switch (status) {
            case "published" -> 0;
            case "failed" -> 1;
            case "closed" -> 2;
            default -> 4;
        };
    }

    static Figure timeline(
            Views.GridRow round, List<String> trainers, Views.RoundRow row, Optional<Measured> measured) {
        Timeline timeline = new Timeline("seconds since the round opened");
        int shown = 0;
        for (int i = 0; i < trainers.size() && shown < MOST_ROWS; i++) {
            Views.GridCell cell = round.cells().get(i);
            if (cell == null || cell.seconds() == null) {
                continue;
            }
            shown++;
            String trainer = trainers.get(i);
            double upload = measured.flatMap(all -> all.updates().stream()
                            .filter(update -> update.trainer().equals(trainer) && update.upload() != null)
                            .findFirst())
                    .map(Measured.Update::upload)
                    .orElse(0.0);
            boolean counts = cell.verdict().equals("accepted") || cell.verdict().equals("late-counts");
            timeline.span(
                    trainer,
                    Math.max(0, cell.seconds() - upload),
                    Math.max(0, cell.seconds()),
                    counts ? 0 : 1,
                    String.format(Locale.ROOT, "%s: %s after %.3f s", trainer, cell.verdict(), cell.seconds()));
        }
        if (row.seconds() != null) {
            timeline.moment(row.status(), row.seconds());
        }
        return timeline;
    }

    static Figure likeness(Measured measured) {
        int size = measured.alike().size();
        double[][] values = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                Double value = measured.cosines().get(i).get(j);
                values[i][j] = value == null ? Double.NaN : value;
            }
        }
        return new HeatMap("A − A⁰", measured.alike(), measured.alike(), values);
    }

    /** How alike the updates were, of the rounds that were measured. */
    static Figure likenessOverRounds(int[] rounds, IntFunction<Optional<Measured>> known) {
        List<Double> x = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        List<Double> changes = new ArrayList<>();
        for (int round : rounds) {
            known.apply(round).filter(each -> each.meanCosine() != null).ifPresent(measured -> {
                x.add((double) round);
                values.add(measured.meanCosine());
                changes.add(measured.meanCosineOfChange() == null ? Double.NaN : measured.meanCosineOfChange());
            });
        }
        return new LineChart("round", "mean cosine of pairs")
                .line("A", array(x), array(values))
                .line("A − A⁰", array(x), array(changes));
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
