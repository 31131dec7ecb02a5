package io.rondo.page.index;

import io.rondo.aggregator.round.DecisionKind;
import io.rondo.inspect.rounds.RoundSummary.Status;
import io.rondo.log.CohortMember;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.JobAborted;
import io.rondo.log.JobPaused;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundReopened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * What is kept of a job, from its decisions in their order: rounds, trainers, a cell for each trainer in a round, and sums. Not safe for
 * several threads.
 */
final class IndexedJob {
    /** Room for so many cells; beyond it the oldest rounds lose theirs. */
    private static final int MOST_CELLS = 400_000;
    /** Trainers beyond this many are counted, and not shown one by one. */
    private static final int MOST_TRAINERS = 10_000;

    private static final int MOST_REASONS = 200;
    private static final int LONGEST_REASON = 64;
    private static final int LONGEST_SOFTWARE = 200;
    private static final int SUBMITTER = -1;

    final NavigableMap<Integer, RoundEntry> rounds = new TreeMap<>();
    final List<TrainerEntry> trainers = new ArrayList<>();
    final Map<String, Integer> indexes = new HashMap<>();
    private final Map<String, String> reasons = new HashMap<>();
    private int cells;
    int forgottenBefore;
    int last = -1;
    int published = -1;
    int failed;
    int there;
    long bytes;
    long accepted;
    long late;
    long rejected;
    long decisionBytes;
    boolean finished;
    /** Whether scores are exact matches of answers, and not accuracies. */
    boolean answersProblems;

    Optional<JobStarted> job = Optional.empty();
    Optional<String> paused = Optional.empty();
    Optional<String> aborted = Optional.empty();

    /**
     * Takes the next decision.
     *
     * @param offset its offset in partition 0 of decisions
     * @param size bytes of its record
     * @param version of the index with this decision
     */
    void apply(long offset, int size, SpecificRecord decision, long version) {
        decisionBytes += size;
        switch (DecisionKind.of(decision)) {
            case JOB_STARTED -> job = Optional.of((JobStarted) decision);
            case TRAINER_ADMITTED -> admit((TrainerAdmitted) decision);
            case TRAINER_REMOVED -> remove((TrainerRemoved) decision);
            case ROUND_OPENED -> open((RoundOpened) decision);
            case UPDATE_ACCEPTED -> accept((UpdateAccepted) decision);
            case UPDATE_REJECTED -> reject((UpdateRejected) decision);
            case EVALUATION_RECORDED -> evaluate((EvaluationRecorded) decision);
            case ROUND_CLOSED -> close((RoundClosed) decision);
            case ROUND_WEIGHED -> norms(((RoundWeighed) decision).getRound(), ((RoundWeighed) decision).getMembers());
            case ROUND_REOPENED -> reopen((RoundReopened) decision);
            case ROUND_EXTENDED -> extend((RoundExtended) decision);
            case ROUND_COMPLETED -> complete((RoundCompleted) decision);
            case ROUND_FAILED -> fail((RoundFailed) decision);
            case JOB_PAUSED -> paused = Optional.of(((JobPaused) decision).getReason());
            case JOB_RESUMED -> paused = Optional.empty();
            case JOB_ABORTED -> aborted = Optional.of(((JobAborted) decision).getReason());
            case JOB_FINISHED -> finished = true;
            case INPUT_REFUSED, TRAINER_KEY_ADDED, TRAINER_KEY_REVOKED -> {}
        }
        roundOf(decision).map(rounds::get).ifPresent(entry -> {
            entry.changed = version;
            entry.firstOffset = entry.firstOffset < 0 ? offset : entry.firstOffset;
            entry.lastOffset = offset;
        });
    }

    /** A round that was opened; empty if it never was. */
    Optional<RoundEntry> opened(int round) {
        return Optional.ofNullable(rounds.get(round)).filter(entry -> entry.status != null);
    }

    private static Optional<Integer> roundOf(SpecificRecord decision) {
        var field = decision.getSchema().getField("round");
        return field == null ? Optional.empty() : Optional.of((Integer) decision.get(field.pos()));
    }

    private RoundEntry of(int round) {
        return rounds.computeIfAbsent(round, RoundEntry::new);
    }

    /** The trainer's number; -1 for the submitter of round 0, and where there are too many. */
    private int indexOf(String trainer) {
        Integer known = indexes.get(trainer);
        return known == null ? SUBMITTER : known;
    }

    private void admit(TrainerAdmitted admission) {
        Integer index = indexes.get(admission.getTrainer());
        if (index == null) {
            if (trainers.size() >= MOST_TRAINERS) {
                return;
            }
            index = trainers.size();
            indexes.put(admission.getTrainer(), index);
            trainers.add(new TrainerEntry(admission.getTrainer()));
        }
        TrainerEntry trainer = trainers.get(index);
        there += trainer.there ? 0 : 1;
        trainer.there = true;
        trainer.gone = "";
        trainer.joins++;
        if (!admission.getSoftware().isEmpty()) {
            trainer.software = shortened(admission.getSoftware(), LONGEST_SOFTWARE);
        }
    }

    private void remove(TrainerRemoved removal) {
        int index = indexOf(removal.getTrainer());
        if (index >= 0 && trainers.get(index).there) {
            trainers.get(index).there = false;
            trainers.get(index).gone = known(removal.getReason());
            there--;
        }
    }

    private void open(RoundOpened opened) {
        RoundEntry round = of(opened.getRound());
        boolean isFirst = round.status == null;
        if (isFirst) {
            round.openedAt = opened.getOpenedAt();
        }
        last = Math.max(last, opened.getRound());
        round.status = Status.OPEN;
        round.opened = opened;
        round.deadline = opened.getDeadline();
        round.base = opened.getBaseRound();
        round.quorum = opened.getQuorum();
        round.asked = opened.getCohort().size();
        int[] cohort = opened.getCohort().stream().mapToInt(this::indexOf).toArray();
        round.ask(cohort);
        for (int index : cohort) {
            if (index >= 0) {
                trainers.get(index).asked += isFirst ? 1 : 0;
            }
        }
    }

    private void accept(UpdateAccepted update) {
        UpdateManifest manifest = update.getManifest();
        RoundEntry round = of(update.getRound());
        long size = manifest.getElements() * TensorBytes.width(manifest.getDtype());
        round.counted++;
        round.bytes += size;
        accepted++;
        bytes += size;
        int index = indexOf(manifest.getTrainer());
        if (index < 0) {
            return;
        }
        RoundEntry own = rounds.getOrDefault(manifest.getRound(), round);
        Cell cell = cell(round, index);
        cell.verdict = manifest.getRound() < update.getRound() ? Verdict.LATE_COUNTS : Verdict.ACCEPTED;
        cell.of = manifest.getRound() < update.getRound() ? manifest.getRound() : -1;
        cell.after = (float) ((update.getHeader().getDecidedAt() - own.openedAt) / 1e3);
        cell.bytes = size;
        cell.examples = manifest.getNumExamples();
        cell.loss = number(manifest.getMetrics(), "loss");
        cell.reason = "";
        TrainerEntry trainer = trainers.get(index);
        trainer.took++;
        trainer.seconds += cell.after;
        trainer.bytes += size;
        trainer.examples = manifest.getNumExamples();
        trainer.last = Math.max(trainer.last, manifest.getRound());
        trainer.loss = cell.loss;
    }

    private void reject(UpdateRejected rejection) {
        RoundEntry round = of(rejection.getRound());
        boolean isLate = rejection.getReason().equals(RejectionReason.LATE.id());
        boolean isSuperseded = rejection.getReason().equals(RejectionReason.SUPERSEDED.id());
        round.late += isLate ? 1 : 0;
        round.rejected += isLate || isSuperseded ? 0 : 1;
        late += isLate ? 1 : 0;
        rejected += isLate || isSuperseded ? 0 : 1;
        int index = indexOf(rejection.getTrainer());
        if (rejection.getRevoked()) {
            round.counted--;
        }
        if (index < 0) {
            return;
        }
        TrainerEntry trainer = trainers.get(index);
        trainer.late += isLate ? 1 : 0;
        trainer.rejected += isLate || isSuperseded ? 0 : 1;
        Cell cell = cell(round, index);
        if (rejection.getRevoked()) {
            trainer.took--;
            trainer.seconds -= Float.isFinite(cell.after) ? cell.after : 0;
            round.bytes -= Math.max(0, cell.bytes);
            float after = cell.after;
            cell.forgetUpdate();
            cell.after = after;
            cell.verdict = Verdict.REVOKED;
            cell.reason = known(rejection.getReason());
        } else if (!cell.verdict.counts()) {
            cell.verdict = isLate ? Verdict.LATE : Verdict.REJECTED;
            cell.reason = known(rejection.getReason());
            cell.after = (float) ((rejection.getHeader().getDecidedAt() - round.openedAt) / 1e3);
        }
    }

    private void evaluate(EvaluationRecorded evaluation) {
        int index = indexOf(evaluation.getTrainer());
        if (index >= 0) {
            Cell cell = cell(of(evaluation.getRound()), index);
            cell.evaluate(evaluation.getMetrics());
            trainers.get(index).score = Float.isFinite(cell.score) ? cell.score : trainers.get(index).score;
            answersProblems |= Cell.isExactMatch(evaluation.getMetrics());
        }
    }

    private void close(RoundClosed closed) {
        RoundEntry round = of(closed.getRound());
        round.status = Status.CLOSED;
        round.trigger = known(closed.getTrigger());
        round.revision = closed.getRevision();
        norms(closed.getRound(), closed.getMembers());
    }

    private void norms(int number, List<CohortMember> members) {
        RoundEntry round = of(number);
        for (CohortMember member : members) {
            int index = indexOf(member.getTrainer());
            Cell cell = index < 0 ? null : round.at(index);
            if (cell != null && member.getNorm() >= 0) {
                cell.norm = (float) member.getNorm();
            }
        }
    }

    private void reopen(RoundReopened reopened) {
        RoundEntry round = of(reopened.getRound());
        round.status = Status.OPEN;
        round.deadline = reopened.getDeadline();
    }

    private void extend(RoundExtended extended) {
        RoundEntry round = of(extended.getRound());
        round.deadline = extended.getDeadline();
        round.extensions = extended.getExtension();
    }

    private void complete(RoundCompleted completed) {
        RoundEntry round = of(completed.getRound());
        round.status = Status.PUBLISHED;
        round.endedAt = completed.getHeader().getDecidedAt();
        round.digest = Digests.hex(completed.getDigest());
        round.revision = completed.getRevision();
        round.opened = null;
        published = Math.max(published, completed.getRound());
    }

    private void fail(RoundFailed failure) {
        RoundEntry round = of(failure.getRound());
        round.status = Status.FAILED;
        round.endedAt = failure.getHeader().getDecidedAt();
        round.failure = known(failure.getReason());
        round.opened = null;
        failed++;
    }

    private Cell cell(RoundEntry round, int trainer) {
        if (round.forgotten) {
            return new Cell();
        }
        int before = round.room();
        Cell cell = round.make(trainer, trainers.size());
        cells += round.room() - before;
        while (cells > MOST_CELLS && rounds.get(forgottenBefore) != round) {
            RoundEntry oldest = rounds.get(forgottenBefore);
            if (oldest != null) {
                cells -= oldest.room();
                oldest.forget();
            }
            forgottenBefore++;
        }
        return cell;
    }

    private static float number(Map<String, Double> metrics, String name) {
        Double value = metrics.get(name);
        return value == null ? Float.NaN : value.floatValue();
    }

    /** Reasons repeat: one text stands for all of them. Who may write parts chooses the text. */
    private String known(String reason) {
        String text = shortened(reason, LONGEST_REASON);
        if (reasons.size() >= MOST_REASONS) {
            return reasons.getOrDefault(text, "other");
        }
        return reasons.computeIfAbsent(text, each -> each);
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 1) + '…';
    }
}
