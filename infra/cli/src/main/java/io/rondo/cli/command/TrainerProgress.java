package io.rondo.cli.command;

import io.rondo.aggregator.round.WaitText;
import io.rondo.cli.output.Console;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.runtime.TrainerListener;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints what a trainer does, a line each. */
final class TrainerProgress implements TrainerListener {
    private final Console console;

    TrainerProgress(Console console) {
        this.console = console;
    }

    @Override
    public void waitingForJob(String job) {
        console.progress("waiting for job " + job + " to be submitted");
    }

    @Override
    public void pausing(int failures, Duration pause) {
        console.progress("failed " + failures + " times in a row; joins again in " + pause.toSeconds() + " s");
    }

    @Override
    public void joined(String trainer, String incarnation, int lastSyncRound) {
        console.progress("trainer " + trainer + " joined"
                + (lastSyncRound < 0 ? "" : ", with the state that it left in round " + lastSyncRound));
    }

    @Override
    public void leaving(String what) {
        console.progress("this site sends " + what);
    }

    @Override
    public void evaluated(int round, Map<String, Double> metrics) {
        console.progress("[round " + round + "] evaluated: " + shown(metrics));
    }

    @Override
    public void trained(int round, TrainingReport report) {
        console.progress(
                "[round " + round + "] trained on " + report.numExamples() + " examples: " + shown(report.metrics()));
    }

    @Override
    public void resuming(int round) {
        console.progress("[round " + round + "] sending the update again");
    }

    @Override
    public void uploaded(int round, long bytes, long millis) {
        console.progress("[round %d] uploaded %,d bytes in %d ms".formatted(round, bytes, millis));
    }

    @Override
    public void tooLate(int round) {
        console.progress("[round " + round + "] over before the update was ready; B is kept");
    }

    @Override
    public void rejected(int round, String reason, String detail) {
        console.progress("[round " + round + "] update rejected: " + reason + ": " + detail);
    }

    @Override
    public void waiting(int round, int updates, List<String> waitsFor, Duration more) {
        console.progress(
                "[round " + round + "] waits another " + more.toSeconds() + " s: " + WaitText.of(updates, waitsFor));
    }

    @Override
    public void fenced(String trainer) {
        console.progress("a newer process of trainer " + trainer + " has taken over");
    }

    @Override
    public void finished(int rounds) {
        console.progress("job finished after " + rounds + " rounds");
    }

    private static String shown(Map<String, Double> metrics) {
        StringBuilder text = new StringBuilder();
        metrics.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(metric -> text.append(
                        text.isEmpty() ? "" : " · ")
                .append(String.format(Locale.ROOT, "%s %.4f", metric.getKey(), metric.getValue())));
        return text.toString();
    }
}
