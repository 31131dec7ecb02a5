package io.rondo.experiment;

import io.rondo.cli.output.Console;
import java.time.Duration;
import java.util.Locale;

/** Tells how far an experiment is, and how long the rest may take. Safe for any thread. */
final class ExperimentProgress {
    private final Console console;
    private final int total;
    private final long start = System.nanoTime();
    private int done;
    private int found;

    /** @param total runs of the experiment, those of later steps included */
    ExperimentProgress(Console console, int total) {
        this.console = console;
        this.total = total;
    }

    /** A run was there already. */
    synchronized void found() {
        done++;
        found++;
    }

    synchronized void made(ExperimentRun run, RunResult result) {
        done++;
        double seconds = (System.nanoTime() - start) / 1e9;
        long left = Math.round(seconds / (done - found) * (total - done));
        console.progress(String.format(
                Locale.ROOT,
                "[%d/%d] %-12s %-10s %-14s lr %-5s seed %-3d  test %.3f  %3.0f s  · %s left",
                done,
                total,
                run.purpose().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                run.method(),
                run.split().id(),
                run.learningRate(),
                run.seed(),
                result.last().test(),
                result.seconds(),
                left < 90 ? left + " s" : Duration.ofSeconds(left).toMinutes() + " min"));
    }
}
