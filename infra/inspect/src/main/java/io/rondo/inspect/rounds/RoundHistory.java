package io.rondo.inspect.rounds;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.round.AwaitedTrainers;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.JobAborted;
import io.rondo.log.JobPaused;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundReopened;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.Digests;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;

/** Builds the table of rounds from the decisions of a job, one after the other, in the log's order. */
public final class RoundHistory {
    private final Map<Integer, RoundState> rounds = new TreeMap<>();
    private final TreeSet<String> admitted = new TreeSet<>();
    /** Of those, who has neither left nor been removed. */
    private final TreeSet<String> there = new TreeSet<>();

    private Optional<String> paused = Optional.empty();
    private int last = -1;
    private Optional<JobStarted> job = Optional.empty();
    private Optional<String> aborted = Optional.empty();
    private End end = End.NOT_YET;

    private enum End {
        NOT_YET,
        FINISHED
    }

    /** Takes the next decision; kinds that say nothing of a round are passed over. */
    public void apply(SpecificRecord decision) {
        switch (DecisionKind.of(decision)) {
            case JOB_STARTED -> job = Optional.of((JobStarted) decision);
            case TRAINER_ADMITTED -> admit(((TrainerAdmitted) decision).getTrainer());
            case TRAINER_REMOVED -> there.remove(((TrainerRemoved) decision).getTrainer());
            case ROUND_OPENED -> open((RoundOpened) decision);
            case UPDATE_ACCEPTED -> of(((UpdateAccepted) decision).getRound()).accept((UpdateAccepted) decision);
            case UPDATE_REJECTED -> of(((UpdateRejected) decision).getRound()).reject((UpdateRejected) decision);
            case EVALUATION_RECORDED -> evaluate((EvaluationRecorded) decision);
            case ROUND_CLOSED -> of(((RoundClosed) decision).getRound()).status = RoundSummary.Status.CLOSED;
            case ROUND_REOPENED -> reopen((RoundReopened) decision);
            case ROUND_EXTENDED -> of(((RoundExtended) decision).getRound()).extend((RoundExtended) decision);
            case ROUND_COMPLETED -> of(((RoundCompleted) decision).getRound()).complete((RoundCompleted) decision);
            case ROUND_FAILED -> of(((RoundFailed) decision).getRound()).status = RoundSummary.Status.FAILED;
            case JOB_PAUSED -> paused = Optional.of(((JobPaused) decision).getReason());
            case JOB_RESUMED -> paused = Optional.empty();
            case JOB_ABORTED -> aborted = Optional.of(((JobAborted) decision).getReason());
            case JOB_FINISHED -> end = End.FINISHED;
            case ROUND_WEIGHED, INPUT_REFUSED, TRAINER_KEY_ADDED, TRAINER_KEY_REVOKED -> {}
        }
    }

    private void admit(String trainer) {
        admitted.add(trainer);
        there.add(trainer);
    }

    private void open(RoundOpened opened) {
        last = opened.getRound();
        of(last).open(opened);
    }

    private void reopen(RoundReopened reopened) {
        RoundState round = of(reopened.getRound());
        round.status = RoundSummary.Status.OPEN;
        round.deadline = reopened.getDeadline();
    }

    private void evaluate(EvaluationRecorded evaluation) {
        of(evaluation.getRound())
                .evaluations
                .merge(evaluation.getTrainer(), evaluation.getMetrics(), RoundHistory::together);
    }

    /** One that comes later adds to the first. */
    private static Map<String, Double> together(Map<String, Double> one, Map<String, Double> other) {
        Map<String, Double> both = new HashMap<>(one);
        both.putAll(other);
        return both;
    }

    /** What the job waits for, if it continues; nothing once it is over. */
    public Optional<RoundWait> waiting() {
        if (job.isEmpty() || isFinished() || aborted.isPresent()) {
            return Optional.empty();
        }
        RoundState open = rounds.get(last);
        if (open != null && open.status == RoundSummary.Status.OPEN) {
            return Optional.of(open.waiting(there, job.get().getSpec()));
        }
        if (paused.isPresent()) {
            return Optional.of(new RoundWait.ForAnOperator(paused.get()));
        }
        boolean isToOpen = open != null && open.status != RoundSummary.Status.CLOSED;
        int needed = last == 0 ? job.get().getSpec().getMinTrainers() : 1;
        return isToOpen && there.size() < needed
                ? Optional.of(new RoundWait.ForTrainers(last + 1, List.copyOf(there), needed))
                : Optional.empty();
    }

    /** Takes all decisions that a log holds. */
    public void apply(JobLog log) {
        String topic = log.topics().decisions().name();
        log.history()
                .read(topic, 0, 0, entry -> apply(log.codec().require(topic, entry.value(), SpecificRecord.class)));
    }

    /** Every round that was opened, in order, round 0 included. */
    public List<RoundSummary> rounds() {
        return rounds.values().stream()
                .filter(progress -> progress.status != null)
                .map(RoundState::summary)
                .toList();
    }

    public Optional<RoundSummary> round(int round) {
        return Optional.ofNullable(rounds.get(round))
                .filter(progress -> progress.status != null)
                .map(RoundState::summary);
    }

    /** The updates of a round that count, by trainer in ascending order. */
    public List<UpdateManifest> updates(int round) {
        RoundState progress = rounds.get(round);
        return progress == null
                ? List.of()
                : progress.accepted.values().stream()
                        .map(UpdateAccepted::getManifest)
                        .toList();
    }

    /** The job as the aggregator accepted it; empty until then. */
    public Optional<JobStarted> job() {
        return job;
    }

    /** Trainers that were ever admitted. */
    public List<String> admitted() {
        return List.copyOf(admitted);
    }

    public boolean isFinished() {
        return end == End.FINISHED;
    }

    /** Why an operator ended the job, if one did. */
    public Optional<String> aborted() {
        return aborted;
    }

    private RoundState of(int round) {
        return rounds.computeIfAbsent(round, RoundState::new);
    }

    /** What is known of one round so far. */
    private static final class RoundState {
        private final int round;
        private final Map<String, UpdateAccepted> accepted = new TreeMap<>();
        private final Map<String, Map<String, Double>> evaluations = new HashMap<>();
        private RoundSummary.Status status;
        private Optional<RoundOpened> opened = Optional.empty();
        private long openedAt;
        private long deadline;
        private int late;
        private int rejected;
        private OptionalDouble seconds = OptionalDouble.empty();
        private Optional<String> digest = Optional.empty();

        private RoundState(int round) {
            this.round = round;
        }

        private void open(RoundOpened opening) {
            if (status == null) {
                openedAt = opening.getOpenedAt();
            }
            status = RoundSummary.Status.OPEN;
            opened = Optional.of(opening);
            deadline = opening.getDeadline();
        }

        private void extend(RoundExtended extended) {
            deadline = extended.getDeadline();
        }

        private RoundWait waiting(Set<String> there, JobSpec spec) {
            RoundOpened asking = opened.orElseThrow();
            return new RoundWait.ForUpdates(
                    round,
                    accepted.size(),
                    asking.getCohort().size(),
                    asking.getQuorum(),
                    AwaitedTrainers.of(asking, accepted.keySet(), there),
                    deadline + spec.getGraceMs());
        }

        private List<String> cohort() {
            return opened.map(RoundOpened::getCohort).orElse(List.of());
        }

        private void accept(UpdateAccepted update) {
            accepted.put(update.getManifest().getTrainer(), update);
        }

        private void reject(UpdateRejected update) {
            if (update.getRevoked()) {
                accepted.remove(update.getTrainer());
            }
            if (update.getReason().equals(RejectionReason.LATE.id())) {
                late++;
            } else if (!update.getReason().equals(RejectionReason.SUPERSEDED.id())) {
                rejected++;
            }
        }

        private void complete(RoundCompleted completed) {
            status = RoundSummary.Status.PUBLISHED;
            seconds = OptionalDouble.of((completed.getHeader().getDecidedAt() - openedAt) / 1000.0);
            digest = Optional.of(Digests.hex(completed.getDigest()));
        }

        private RoundSummary summary() {
            TreeSet<String> ids = new TreeSet<>(cohort());
            ids.addAll(accepted.keySet());
            ids.addAll(evaluations.keySet());
            List<TrainerRound> trainers = ids.stream()
                    .map(id -> new TrainerRound(
                            id,
                            accepted.containsKey(id)
                                    ? accepted.get(id).getManifest().getMetrics()
                                    : Map.of(),
                            evaluations.getOrDefault(id, Map.of())))
                    .toList();
            return new RoundSummary(
                    round,
                    status,
                    cohort(),
                    accepted.size(),
                    late,
                    rejected,
                    accepted.values().stream().mapToLong(RoundState::bytes).sum(),
                    seconds,
                    digest,
                    trainers);
        }

        private static long bytes(UpdateAccepted update) {
            int width =
                    switch (update.getManifest().getDtype()) {
                        case F32 -> Float.BYTES;
                        case BF16 -> Short.BYTES;
                        case UNKNOWN -> 0;
                    };
            return update.getManifest().getElements() * width;
        }
    }
}
