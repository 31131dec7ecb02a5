package io.rondo.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Chooses each method's learning rate on each split: the one whose last round is best on the validation split with the
 * tuning seed, which is none of the reported ones. Of equals the smaller wins.
 */
final class LearningRates {
    private final Experiment experiment;

    LearningRates(Experiment experiment) {
        this.experiment = experiment;
    }

    /** The runs that tuning needs; none if there is nothing to choose. */
    List<ExperimentRun> runs() {
        List<ExperimentRun> runs = new ArrayList<>();
        if (experiment.learningRates().size() > 1) {
            for (DataSplit split : experiment.splits()) {
                for (String method : experiment.methods()) {
                    runs.addAll(runs(method, split));
                }
            }
        }
        return runs;
    }

    private List<ExperimentRun> runs(String method, DataSplit split) {
        return experiment.learningRates().stream()
                .sorted()
                .map(rate ->
                        new ExperimentRun(ExperimentRun.Purpose.TUNING, method, split, rate, experiment.tuningSeed()))
                .toList();
    }

    /** The rate of a method on a split, from the results of all tuning runs. */
    double best(String method, DataSplit split, Function<ExperimentRun, RunResult> results) {
        if (experiment.learningRates().size() == 1) {
            return experiment.learningRates().get(0);
        }
        ExperimentRun best = null;
        for (ExperimentRun run : runs(method, split)) {
            if (best == null
                    || results.apply(run).last().validation()
                            > results.apply(best).last().validation()) {
                best = run;
            }
        }
        return best.learningRate();
    }

    /** The rate for sites that are trained alone: that of method local where it was tuned, or the smallest of the grid. */
    double forSitesAlone(Function<ExperimentRun, RunResult> results) {
        return experiment.methods().contains("local")
                ? best("local", experiment.splits().get(0), results)
                : experiment.learningRates().stream()
                        .mapToDouble(Double::doubleValue)
                        .min()
                        .orElseThrow();
    }
}
