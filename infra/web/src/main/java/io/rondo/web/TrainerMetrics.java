package io.rondo.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.runtime.TrainerListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The metrics of a trainer, from what it says that it does. */
final class TrainerMetrics implements TrainerListener {
    private final MeterRegistry registry;
    private final Tags tags;
    private final Counter trained;
    private final Counter uploads;
    private final Counter bytes;
    private final Counter tooLate;
    private final Timer uploadTime;
    private volatile boolean joined;
    private volatile int loadedRound = -1;
    private volatile int trainedRound = -1;
    private volatile int awaited;

    TrainerMetrics(MeterRegistry registry, String job, String trainer) {
        this.registry = registry;
        this.tags = Tags.of("job", job, "trainer", trainer);
        this.trained = counter("rondo.trainer.rounds.trained", "Rounds that were trained");
        this.uploads = counter("rondo.trainer.uploads", "Updates that were sent");
        this.bytes = counter("rondo.trainer.upload.bytes", "Bytes of all records of updates that were sent");
        this.tooLate = counter("rondo.trainer.updates.too.late", "Trained updates whose round was over before");
        this.uploadTime = Timer.builder("rondo.trainer.upload.duration")
                .description("From the first chunk to the manifest")
                .tags(tags)
                .register(registry);
        gauge(
                "rondo.trainer.round.loaded",
                "Round of the adapter that is loaded, -1 for none",
                each -> each.loadedRound);
        gauge(
                "rondo.trainer.round.trained",
                "The last round trained by this process, -1 for none",
                each -> each.trainedRound);
        gauge("rondo.trainer.round.awaited", "Trainers for which the extended round waits", each -> each.awaited);
        gauge("rondo.trainer.joined", "1 once the trainer has joined its job", each -> each.joined ? 1 : 0);
    }

    /** Whether the trainer has joined its job. */
    boolean hasJoined() {
        return joined;
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<TrainerMetrics> value) {
        Gauge.builder(name, this, value).description(description).tags(tags).register(registry);
    }

    @Override
    public void joined(String trainer, String incarnation, int lastSyncRound) {
        joined = true;
    }

    @Override
    public void adapterLoaded(int round) {
        loadedRound = round;
        awaited = 0;
    }

    @Override
    public void trained(int round, TrainingReport report) {
        trained.increment();
        trainedRound = round;
    }

    @Override
    public void uploaded(int round, long size, long millis) {
        uploads.increment();
        bytes.increment((double) size);
        uploadTime.record(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void tooLate(int round) {
        tooLate.increment();
    }

    @Override
    public void rejected(int round, String reason, String detail) {
        Counter.builder("rondo.trainer.updates.rejected")
                .description("Updates of this process that the aggregator refused")
                .tags(tags.and(
                        "reason",
                        RejectionReason.of(reason).map(RejectionReason::id).orElse("other")))
                .register(registry)
                .increment();
    }

    @Override
    public void waiting(int round, int updates, List<String> waitsFor, Duration more) {
        awaited = waitsFor.size();
    }

    @Override
    public void evaluated(int round, Map<String, Double> measured) {
        // what a plug-in measures has names of its own choice: it is in the log, and not here
    }
}
