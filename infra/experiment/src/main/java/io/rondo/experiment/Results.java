package io.rondo.experiment;

import io.rondo.cli.output.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("experiment", experiment.name());
        json.put("seeds", experiment.seeds());
        json.put("shift", experiment.shift().id());
        json.put("methods", lines().stream().map(Results::json).toList());
        return json;
    }

    private static Map<String, Object> json(Line line) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("method", line.method());
        json.put("split", line.split().id());
        json.put("learningRate", line.learningRate());
        json.put("elementsPerRound", line.elements());
        json.put("lastAccuracy", line.last().mean());
        json.put("lastStdDev", line.last().deviation());
        json.put("bestAccuracy", line.best().mean());
        json.put("bestStdDev", line.best().deviation());
        return json;
    }
}
