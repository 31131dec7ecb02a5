package io.rondo.trainer.runtime;

import io.rondo.trainer.api.TrainingReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Passes every notification to several listeners, in order. */
public final class TrainerListeners implements TrainerListener {
    private final List<TrainerListener> all;

    public TrainerListeners(TrainerListener... all) {
        this.all = List.of(all);
    }

    private void tell(Consumer<TrainerListener> news) {
        all.forEach(news);
    }

    @Override
    public void waitingForJob(String job) {
        tell(each -> each.waitingForJob(job));
    }

    @Override
    public void pausing(int failures, Duration pause) {
        tell(each -> each.pausing(failures, pause));
    }

    @Override
    public void joined(String trainer, String incarnation, int lastSyncRound) {
        tell(each -> each.joined(trainer, incarnation, lastSyncRound));
    }

    @Override
    public void leaving(String what) {
        tell(each -> each.leaving(what));
    }

    @Override
    public void adapterLoaded(int round) {
        tell(each -> each.adapterLoaded(round));
    }

    @Override
    public void evaluated(int round, Map<String, Double> metrics) {
        tell(each -> each.evaluated(round, metrics));
    }

    @Override
    public void trained(int round, TrainingReport report) {
        tell(each -> each.trained(round, report));
    }

    @Override
    public void resuming(int round) {
        tell(each -> each.resuming(round));
    }

    @Override
    public void uploaded(int round, long bytes, long millis) {
        tell(each -> each.uploaded(round, bytes, millis));
    }

    @Override
    public void tooLate(int round) {
        tell(each -> each.tooLate(round));
    }

    @Override
    public void rejected(int round, String reason, String detail) {
        tell(each -> each.rejected(round, reason, detail));
    }

    @Override
    public void waiting(int round, int updates, List<String> waitsFor, Duration more) {
        tell(each -> each.waiting(round, updates, waitsFor, more));
    }

    @Override
    public void fenced(String trainer) {
        tell(each -> each.fenced(trainer));
    }

    @Override
    public void finished(int rounds) {
        tell(each -> each.finished(rounds));
    }
}
