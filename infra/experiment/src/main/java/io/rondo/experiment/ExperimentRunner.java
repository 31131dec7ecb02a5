package io.rondo.experiment;

import io.rondo.cli.output.Console;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.data.ColumnChoice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes the runs of an experiment, several at a time, and writes the results. A run whose result is there already, from the
 * same data and settings, is not made again.
 */
public final class ExperimentRunner {
    private final Experiment experiment;
    private final Path out;
    private final int parallel;
    private final Console console;
    private final RunStore store;
    private final RunMaker maker;
    private final ExperimentProgress progress;

    /**
     * @param columns which columns of the experiment's data are read
     * @param out where results are kept
     * @param parallel how many runs are made at a time, each on one thread
     */
    ExperimentRunner(
            Experiment experiment,
            ColumnChoice columns,
            LocalTrainerFactory engine,
            Path modelCache,
            Path out,
            int parallel,
            Console console) {
        this.experiment = experiment;
        this.out = Storage.directory(out);
        this.parallel = parallel;
        this.console = console;
        this.store = new RunStore(out.resolve("runs"));
        ExperimentData data = new ExperimentData(experiment, columns, console::progress);
        this.maker = new RunMaker(experiment, data, engine, modelCache, out.resolve("data"));
        this.progress = new ExperimentProgress(console, total());
    }

    /** Reads an experiment and makes it ready to run. */
    public static ExperimentRunner open(ExperimentOptions options, Console console) {
        Experiment read = ExperimentFile.read(options.file());
        Experiment experiment = options.data().map(read::withData).orElse(read);
        return new ExperimentRunner(
                experiment,
                options.columns(),
                options.engine(),
                options.modelCache(),
                options.out(),
                options.parallel(),
                console);
    }

    /** Runs to the end, writes {@code results.csv} and {@code report.html}, and prints the table. */
    public void run() {
        try (Workers workers = new Workers()) {
            LearningRates rates = new LearningRates(experiment);
            Map<ExperimentRun, RunResult> tuned = workers.all(rates.runs());
            Map<ExperimentRun, RunResult> measured = workers.all(measurements(rates, tuned));
            Map<ExperimentRun, RunResult> alone = workers.all(asymmetry(rates, tuned));
            Results results = new Results(experiment, tuned, measured, alone);
            Storage.write(out.resolve("results.csv"), ResultsCsv.of(results));
            Storage.write(out.resolve("report.html"), ExperimentReport.of(results));
            console.result(results.json(), results.text() + "\n\nresults.csv and report.html are in " + out);
        }
    }

    private int total() {
        int tuning = new LearningRates(experiment).runs().size();
        int perSeed = experiment.splits().size() * experiment.methods().size()
                + 2 * experiment.asymmetry().size();
        return tuning + perSeed * experiment.seeds().size();
    }

    private List<ExperimentRun> measurements(LearningRates rates, Map<ExperimentRun, RunResult> tuned) {
        List<ExperimentRun> runs = new ArrayList<>();
        // seed by seed, so that an interrupted experiment has compared all methods on fewer seeds
        for (long seed : experiment.seeds()) {
            for (DataSplit split : experiment.splits()) {
                for (String method : experiment.methods()) {
                    double rate = rates.best(method, split, tuned::get);
                    runs.add(new ExperimentRun(ExperimentRun.Purpose.MEASUREMENT, method, split, rate, seed));
                }
            }
        }
        return runs;
    }

    private List<ExperimentRun> asymmetry(LearningRates rates, Map<ExperimentRun, RunResult> tuned) {
        List<ExperimentRun> runs = new ArrayList<>();
        for (long seed : experiment.seeds()) {
            for (DataSplit split : experiment.asymmetry()) {
                double rate = rates.forSitesAlone(tuned::get);
                runs.add(new ExperimentRun(ExperimentRun.Purpose.COMMON_START, "local", split, rate, seed));
                runs.add(new ExperimentRun(ExperimentRun.Purpose.OWN_START, "local", split, rate, seed));
            }
        }
        return runs;
    }

    private RunResult make(ExperimentRun run) {
        RunResult result = maker.make(run);
        store.save(run, maker.identity(run), result);
        progress.made(run, result);
        return result;
    }

    /** The threads that make runs. */
    private final class Workers implements AutoCloseable {
        private final ExecutorService threads = Executors.newFixedThreadPool(parallel);

        /** The results of all these runs, in their order. */
        Map<ExperimentRun, RunResult> all(List<ExperimentRun> runs) {
            Map<ExperimentRun, Future<RunResult>> pending = new LinkedHashMap<>();
            for (ExperimentRun run : runs) {
                pending.put(run, threads.submit(() -> store.find(run, maker.identity(run))
                        .map(result -> {
                            progress.found();
                            return result;
                        })
                        .orElseGet(() -> make(run))));
            }
            Map<ExperimentRun, RunResult> results = new LinkedHashMap<>();
            pending.forEach((run, result) -> results.put(run, await(result)));
            return results;
        }

        private RunResult await(Future<RunResult> result) {
            try {
                return result.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RondoException failure) {
                    throw failure;
                }
                throw new IllegalStateException("a run failed", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }
}
