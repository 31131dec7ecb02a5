package io.rondo.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.rondo.aggregator.round.AwaitedTrainers;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.InputRefused;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundReopened;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.TensorBytes;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.apache.avro.specific.SpecificRecord;

/**
 * The metrics of a job, from its decisions alone: every instance of an aggregator tells the same, also after a restart. One thread applies
 * decisions, any thread reads.
 */
final class JobMetrics {
    private static final int NONE = -1;

    private final MeterRegistry registry;
    private final Tags job;
    private final Counter published;
    private final Counter failed;
    private final Counter extended;
    private final Counter accepted;
    private final Counter late;
    private final Counter bytes;
    private final Timer roundTime;
    private final Timer publishTime;

    private final Set<String> admitted = new HashSet<>();
    private final Set<String> counted = new HashSet<>();
    private final Set<String> early = new HashSet<>();
    private volatile int openRound = NONE;
    private volatile int publishedRound = NONE;
    private volatile int quorum;
    private volatile long deadline;
    private volatile int admittedNow;
    private volatile int countedNow;
    private volatile int awaited;
    private volatile boolean running;
    private volatile boolean paused;
    private long graceMs;
    private long closedAt;
    /** The last round that was opened, as it was opened last. */
    private RoundOpened opened;

    JobMetrics(MeterRegistry registry, String name) {
        this.registry = registry;
        this.job = Tags.of("job", name);
        this.published = counter("rondo.rounds.published", "Rounds that were published");
        this.failed = counter("rondo.rounds.failed", "Rounds that ended without an adapter");
        this.extended = counter("rondo.rounds.extended", "Deadlines that passed without a quorum");
        this.accepted = counter("rondo.updates.accepted", "Updates that were accepted");
        this.late = counter("rondo.updates.late", "Accepted updates that came late and count in the next round");
        this.bytes = counter("rondo.updates.bytes", "Bytes of tensors in accepted updates");
        this.roundTime = timer("rondo.round.duration", "From a round's opening to its publication");
        this.publishTime = timer("rondo.publish.duration", "From a round's close to its publication");
        gauge("rondo.round.open", "The round that accepts updates, -1 for none", each -> each.openRound);
        gauge("rondo.round.published", "The last round published, -1 for none", each -> each.publishedRound);
        gauge("rondo.round.updates", "Updates that count in the open round", each -> each.countedNow);
        gauge("rondo.round.quorum", "Updates that close the open round at its deadline", each -> each.quorum);
        gauge("rondo.round.awaited", "Trainers for whose updates the open round waits", each -> each.awaited);
        gauge(
                "rondo.round.deadline.timestamp.seconds",
                "Up to when the open round accepts updates, 0 for none",
                each -> each.deadline / 1e3);
        gauge("rondo.trainers.admitted", "Trainers that are admitted", each -> each.admittedNow);
        gauge("rondo.job.running", "1 while rounds open and proceed", each -> each.running && !each.paused ? 1 : 0);
        gauge("rondo.job.paused", "1 while the job is paused", each -> each.paused ? 1 : 0);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).tags(job).register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .tags(job)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(10))
                .maximumExpectedValue(Duration.ofHours(1))
                .register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<JobMetrics> value) {
        Gauge.builder(name, this, value).description(description).tags(job).register(registry);
    }

    private void count(String name, String description, String reason, long records) {
        // whoever may write parts chooses the text of a reason
        String known = RejectionReason.of(reason).map(RejectionReason::id).orElse("other");
        Counter.builder(name)
                .description(description)
                .tags(job.and("reason", known))
                .register(registry)
                .increment((double) records);
    }

    void apply(SpecificRecord decision) {
        switch (DecisionKind.of(decision)) {
            case JOB_STARTED -> {
                running = true;
                graceMs = ((JobStarted) decision).getSpec().getGraceMs();
            }
            case TRAINER_ADMITTED -> admitted.add(((TrainerAdmitted) decision).getTrainer());
            case TRAINER_REMOVED -> admitted.remove(((TrainerRemoved) decision).getTrainer());
            case ROUND_OPENED -> open((RoundOpened) decision);
            case UPDATE_ACCEPTED -> accept((UpdateAccepted) decision);
            case UPDATE_REJECTED -> reject((UpdateRejected) decision);
            case INPUT_REFUSED ->
                count(
                        "rondo.inputs.refused",
                        "Records that are no update and could not be used",
                        ((InputRefused) decision).getReason(),
                        ((InputRefused) decision).getRecords());
            case ROUND_CLOSED -> {
                closedAt = ((RoundClosed) decision).getHeader().getDecidedAt();
                end();
            }
            case ROUND_REOPENED -> {
                openRound = opened.getRound();
                deadline = ((RoundReopened) decision).getDeadline() + graceMs;
            }
            case ROUND_EXTENDED -> {
                extended.increment();
                deadline = ((RoundExtended) decision).getDeadline() + graceMs;
            }
            case ROUND_COMPLETED -> complete((RoundCompleted) decision);
            case ROUND_FAILED -> {
                failed.increment();
                end();
            }
            case JOB_PAUSED -> paused = true;
            case JOB_RESUMED -> paused = false;
            case JOB_FINISHED, JOB_ABORTED -> running = false;
            case EVALUATION_RECORDED, ROUND_WEIGHED, TRAINER_KEY_ADDED, TRAINER_KEY_REVOKED -> {}
        }
        admittedNow = admitted.size();
        countedNow = openRound == NONE ? 0 : counted.size();
        awaited = openRound == NONE
                ? 0
                : AwaitedTrainers.of(opened, counted, admitted).size();
    }

    private void open(RoundOpened opening) {
        if (opened == null || opening.getRound() != opened.getRound()) {
            counted.clear();
            counted.addAll(early);
            early.clear();
        }
        opened = opening;
        openRound = opening.getRound();
        quorum = opening.getQuorum();
        deadline = opening.getDeadline() + graceMs;
    }

    private void accept(UpdateAccepted update) {
        UpdateManifest manifest = update.getManifest();
        accepted.increment();
        if (manifest.getRound() < update.getRound()) {
            late.increment();
        }
        bytes.increment((double) manifest.getElements() * TensorBytes.width(manifest.getDtype()));
        countedIn(update.getRound()).add(manifest.getTrainer());
    }

    private void reject(UpdateRejected rejection) {
        if (rejection.getRevoked()) {
            countedIn(rejection.getRound()).remove(rejection.getTrainer());
            count("rondo.updates.revoked", "Accepted updates that were revoked", rejection.getReason(), 1);
        } else {
            count("rondo.updates.rejected", "Updates that were rejected", rejection.getReason(), 1);
        }
    }

    private Set<String> countedIn(int round) {
        return opened == null || round > opened.getRound() ? early : counted;
    }

    private void complete(RoundCompleted completed) {
        long at = completed.getHeader().getDecidedAt();
        published.increment();
        publishedRound = completed.getRound();
        roundTime.record(Duration.ofMillis(Math.max(0, at - opened.getOpenedAt())));
        publishTime.record(Duration.ofMillis(Math.max(0, at - closedAt)));
        end();
    }

    private void end() {
        openRound = NONE;
        quorum = 0;
        deadline = 0;
    }
}
