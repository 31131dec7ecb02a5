package io.rondo.experiment;

import io.rondo.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * All results of an experiment.
 *
 * @param tuned the runs that chose learning rates
 * @param measured the runs that are reported
 * @param alone the runs that compare factors of sites trained alone
 */
record Results(
        Experiment experiment,
        Map<ExperimentRun, RunResult> tuned,
        Map<ExperimentRun, RunResult> measured,
        Map<ExperimentRun, RunResult> alone) {

    /** What one method reached on one split, over all seeds. */
    record Line(String method, DataSplit split, double learningRate, double elements, Spread last, Spread best) {}

    List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (DataSplit split : experiment.splits()) {
            for (String method : experiment.methods()) {
                List<RunResult> runs = runs(method, split);
                lines.add(new Line(
                        method,
                        split,
                        learningRate(method, split),
                        runs.get(0).elements(),
                        spread(runs, run -> run.last().test()),
                        spread(runs, run -> run.best().test())));
            }
        }
        return lines;
    }

    /** The reported runs of a method on a split, by seed. */
    List<RunResult> runs(String method, DataSplit split) {
        return measured.entrySet().stream()
                .filter(entry -> entry.getKey().method().equals(method)
                        && entry.getKey().split().equals(split))
                .map(Map.Entry::getValue)
                .toList();
    }

    private double learningRate(String method, DataSplit split) {
        return measured.keySet().stream()
                .filter(run -> run.method().equals(method) && run.split().equals(split))
                .findFirst()
                .orElseThrow()
                .learningRate();
    }

    private static Spread spread(List<RunResult> runs, ToDoubleFunction<RunResult> value) {
        return Spread.of(runs.stream().mapToDouble(value).toArray());
    }

    String text() {
        Table table = new Table("method", "split", "lr", "values up", "last round", "best round");
        for (Line line : lines()) {
            table.row(
                    line.method(),
                    line.split().id(),
                    Double.toString(line.learningRate()),
                    String.format(Locale.ROOT, "%,.0f", line.elements()),
                    line.last().toString(),
                    line.best().toString());
        }
        return table.toString();
    }

    /** The JSON result. */
    record Summary(String experiment, List<Long> seeds, String shift, List<MethodAccuracy> methods) {
        record MethodAccuracy(
                String method,
                String split,
                double learningRate,
                double elementsPerRound,
                double lastAccuracy,
                double lastStdDev,
                double bestAccuracy,
                double bestStdDev) {}
    }

    Summary json() {
        return new Summary(
                experiment.name(),
                experiment.seeds(),
                experiment.shift().id(),
                lines().stream().map(Results::json).toList());
    }

    private static Summary.MethodAccuracy json(Line line) {
        return new Summary.MethodAccuracy(
                line.method(),
                line.split().id(),
                line.learningRate(),
                line.elements(),
                line.last().mean(),
                line.last().deviation(),
                line.best().mean(),
                line.best().deviation());
    }
}
