package io.rondo.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rondo.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

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

    /**
     * What one method reached on one split, over all seeds.
     *
     * @param last each site on its own test split, after the last round
     * @param best the same after the best round
     * @param pooled each site on the test examples of all sites that took part, after the last round
     * @param heldOutBefore the site that took no part on its own test split, with what is shared; NaN where there is none
     * @param heldOutAfter the same after steps of its own
     * @param lastFifth change of {@code last} in the last fifth of the rounds
     */
    record Line(
            String method,
            DataSplit split,
            double learningRate,
            double elements,
            Spread last,
            Spread best,
            Spread pooled,
            Spread heldOutBefore,
            Spread heldOutAfter,
            Spread lastFifth) {}

    /** One method less another after the last round, seed by seed. */
    record Difference(
            String method,
            String other,
            DataSplit split,
            PairedDifference last,
            PairedDifference pooled,
            PairedDifference heldOutAfter) {}

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
                        spread(runs, run -> run.best().test()),
                        spread(runs, run -> run.last().pooled()),
                        spread(runs, RunResult::heldOutBefore),
                        spread(runs, RunResult::heldOutAfter),
                        spread(runs, RunResult::lastFifth)));
            }
        }
        return lines;
    }

    /** The first method of the experiment less each of the others. */
    List<Difference> differences() {
        List<Difference> differences = new ArrayList<>();
        String method = experiment.methods().get(0);
        for (DataSplit split : experiment.splits()) {
            List<RunResult> runs = runs(method, split);
            for (String other :
                    experiment.methods().subList(1, experiment.methods().size())) {
                List<RunResult> others = runs(other, split);
                differences.add(new Difference(
                        method,
                        other,
                        split,
                        difference(runs, others, run -> run.last().test()),
                        difference(runs, others, run -> run.last().pooled()),
                        difference(runs, others, RunResult::heldOutAfter)));
            }
        }
        return differences;
    }

    private static PairedDifference difference(
            List<RunResult> runs, List<RunResult> others, ToDoubleFunction<RunResult> value) {
        return PairedDifference.of(
                runs.stream().mapToDouble(value).toArray(),
                others.stream().mapToDouble(value).toArray());
    }

    /** Whether a site took no part, and was measured. */
    boolean hasHeldOut() {
        return experiment.visitSteps().isPresent();
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
        Table table = new Table(header("method", "split", "lr", "values up", "last round", "best round", "all sites'"));
        for (Line line : lines()) {
            table.row(row(
                    line,
                    line.method(),
                    line.split().id(),
                    Double.toString(line.learningRate()),
                    String.format(Locale.ROOT, "%,.0f", line.elements()),
                    line.last().toString(),
                    line.best().toString(),
                    line.pooled().toString()));
        }
        return table.toString();
    }

    /** With the columns that all tables of methods end with. */
    String[] header(String... first) {
        List<String> header = new ArrayList<>(List.of(first));
        if (hasHeldOut()) {
            header.addAll(List.of("a new site's", "after its own steps"));
        }
        header.add("last fifth");
        return header.toArray(String[]::new);
    }

    String[] row(Line line, String... first) {
        List<String> row = new ArrayList<>(List.of(first));
        if (hasHeldOut()) {
            row.addAll(
                    List.of(line.heldOutBefore().toString(), line.heldOutAfter().toString()));
        }
        double change = line.lastFifth().mean();
        row.add(Double.isNaN(change) ? "not evaluated" : String.format(Locale.ROOT, "%+.3f", change));
        return row.toArray(String[]::new);
    }

    /** The JSON result. Of a site that took no part where there is one. */
    record Summary(
            String experiment,
            List<Long> seeds,
            String shift,
            List<MethodAccuracy> methods,
            List<MethodDifference> differences) {
        @JsonInclude(JsonInclude.Include.NON_NULL)
        record MethodAccuracy(
                String method,
                String split,
                double learningRate,
                double elementsPerRound,
                double lastAccuracy,
                double lastStdDev,
                double bestAccuracy,
                double bestStdDev,
                double sites,
                Double pooled,
                Double heldOutBefore,
                Double heldOutAfter,
                Double changeInLastFifth) {}

        /** A method less another, on the same seeds; no interval where there is a single seed. */
        @JsonInclude(JsonInclude.Include.NON_NULL)
        record MethodDifference(
                String method, String other, String split, String measure, double mean, Double low, Double high) {}
    }

    Summary json() {
        return new Summary(
                experiment.name(),
                experiment.seeds(),
                experiment.shift().id(),
                lines().stream().map(Results::json).toList(),
                differences().stream().flatMap(Results::json).toList());
    }

    private static Stream<Summary.MethodDifference> json(Difference difference) {
        return Stream.of(
                        json(difference, "sites", difference.last()),
                        json(difference, "pooled", difference.pooled()),
                        json(difference, "heldOutAfter", difference.heldOutAfter()))
                .filter(line -> Double.isFinite(line.mean()));
    }

    private static Summary.MethodDifference json(Difference difference, String measure, PairedDifference value) {
        return new Summary.MethodDifference(
                difference.method(),
                difference.other(),
                difference.split().id(),
                measure,
                value.mean(),
                finite(value.low()),
                finite(value.high()));
    }

    /** JSON has no number for what was not measured. */
    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
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
                line.best().deviation(),
                line.last().mean(),
                finite(line.pooled().mean()),
                finite(line.heldOutBefore().mean()),
                finite(line.heldOutAfter().mean()),
                finite(line.lastFifth().mean()));
    }
}
