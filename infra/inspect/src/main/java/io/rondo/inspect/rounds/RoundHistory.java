package io.rondo.inspect.rounds;

import io.rondo.aggregator.log.JobLog;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundReopened;
import io.rondo.log.TrainerAdmitted;
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
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;

/** Builds the table of rounds from the decisions of a job, one after the other, in the log's order. */
public final class RoundHistory {
    private final Map<Integer, Progress> rounds = new TreeMap<>();
    private final TreeSet<String> admitted = new TreeSet<>();
    private Optional<JobStarted> job = Optional.empty();
    private Optional<String> aborted = Optional.empty();
    private End end = End.NOT_YET;

    private enum End {
        NOT_YET,
        FINISHED
    }

    /** Takes the next decision; kinds that say nothing of a round are passed over. */
    public void apply(SpecificRecord decision) {
        if (decision instanceof JobStarted started) {
            job = Optional.of(started);
        } else if (decision instanceof TrainerAdmitted admission) {
            admitted.add(admission.getTrainer());
        } else if (decision instanceof RoundOpened opened) {
            of(opened.getRound()).open(opened);
        } else if (decision instanceof UpdateAccepted accepted) {
            of(accepted.getRound()).accept(accepted);
        } else if (decision instanceof UpdateRejected rejected) {
            of(rejected.getRound()).reject(rejected);
        } else if (decision instanceof EvaluationRecorded evaluation) {
            of(evaluation.getRound()).evaluations.put(evaluation.getTrainer(), evaluation.getMetrics());
        } else if (decision instanceof RoundClosed closed) {
            of(closed.getRound()).status = RoundSummary.Status.CLOSED;
        } else if (decision instanceof RoundReopened reopened) {
            of(reopened.getRound()).status = RoundSummary.Status.OPEN;
        } else if (decision instanceof RoundCompleted completed) {
            of(completed.getRound()).complete(completed);
        } else if (decision instanceof RoundFailed failed) {
            of(failed.getRound()).status = RoundSummary.Status.FAILED;
        } else if (decision instanceof JobAborted abortion) {
            aborted = Optional.of(abortion.getReason());
        } else if (decision instanceof JobFinished) {
            end = End.FINISHED;
        }
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
                .map(Progress::summary)
                .toList();
    }

    public Optional<RoundSummary> round(int round) {
        return Optional.ofNullable(rounds.get(round))
                .filter(progress -> progress.status != null)
                .map(Progress::summary);
    }

    /** The updates of a round that count, by trainer in ascending order. */
    public List<UpdateManifest> updates(int round) {
        Progress progress = rounds.get(round);
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

    private Progress of(int round) {
        return rounds.computeIfAbsent(round, Progress::new);
    }

    /** What is known of one round so far. */
    private static final class Progress {
        private final int round;
        private final Map<String, UpdateAccepted> accepted = new TreeMap<>();
        private final Map<String, Map<String, Double>> evaluations = new HashMap<>();
        private RoundSummary.Status status;
        private List<String> cohort = List.of();
        private long openedAt;
        private int late;
        private int rejected;
        private OptionalDouble seconds = OptionalDouble.empty();
        private Optional<String> digest = Optional.empty();

        private Progress(int round) {
            this.round = round;
        }

        private void open(RoundOpened opened) {
            if (status == null) {
                openedAt = opened.getOpenedAt();
            }
            status = RoundSummary.Status.OPEN;
            cohort = opened.getCohort();
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
            TreeSet<String> ids = new TreeSet<>(cohort);
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
                    cohort,
                    accepted.size(),
                    late,
                    rejected,
                    accepted.values().stream().mapToLong(Progress::bytes).sum(),
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
