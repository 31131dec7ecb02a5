package io.rondo.page.index;

import io.rondo.aggregator.round.AwaitedTrainers;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.inspect.rounds.RoundSummary.Status;
import io.rondo.inspect.rounds.RoundWait;
import io.rondo.log.CohortMember;
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
import io.rondo.log.RoundWeighed;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;

/**
 * What the page knows of a job, from its decisions in their order. It keeps no decision and no manifest, so that a job of 200 trainers and 1,000
 * rounds takes some ten megabytes, and it gives up the cells of the oldest rounds where there are more. Safe for any thread.
 */
public final class JobIndex {
    /** Room for so many cells; beyond it the oldest rounds lose theirs. */
    private static final int MOST_CELLS = 400_000;
    /** Trainers beyond this many are counted, and not shown one by one. */
    private static final int MOST_TRAINERS = 5_000;

    private static final int MOST_REASONS = 200;
    private static final int LONGEST_REASON = 64;
    private static final int LONGEST_SOFTWARE = 200;
    private static final int SUBMITTER = -1;

    private final String key;
    private final NavigableMap<Integer, RoundEntry> rounds = new TreeMap<>();
    private final List<TrainerEntry> trainers = new ArrayList<>();
    private final Map<String, Integer> indexes = new HashMap<>();
    private final Map<String, String> reasons = new HashMap<>();
    private int cells;
    private int forgottenBefore;
    private int last = -1;
    private int published = -1;
    private int failed;
    private int there;
    private long bytes;
    private long accepted;
    private long late;
    private long rejected;
    private long version;
    private long decisionBytes;
    private boolean complete;
    private boolean finished;
    private Optional<JobStarted> job = Optional.empty();
    private Optional<String> paused = Optional.empty();
    private Optional<String> aborted = Optional.empty();

    /** @param key how the page names the log */
    public JobIndex(String key) {
        this.key = key;
    }

    /**
     * Takes the next decision.
     *
     * @param offset its offset in partition 0 of decisions
     * @param size bytes of its record
     */
    public synchronized void apply(long offset, int size, SpecificRecord decision) {
        version++;
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
        if (complete) {
            notifyAll();
        }
    }

    /** All that the log held when it was opened is here. */
    public synchronized void caughtUp() {
        complete = true;
        changed();
    }

    /** Something about the log is another than it was, though there is no new decision. */
    public synchronized void changed() {
        version++;
        notifyAll();
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
            trainers.get(index).accuracy = Float.isFinite(cell.accuracy) ? cell.accuracy : trainers.get(index).accuracy;
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

    /** Waits until the version is another one, or the time is over; returns the version. */
    public synchronized long awaitChange(long seen, long milliseconds) throws InterruptedException {
        long until = System.nanoTime() + milliseconds * 1_000_000;
        while (version == seen || !complete) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        return version;
    }

    /** The first round that changed after a version; empty where none did. */
    public synchronized Optional<Integer> changedSince(long seen) {
        return rounds.values().stream()
                .filter(round -> round.changed > seen)
                .map(round -> round.round)
                .findFirst();
    }

    /** The job as the aggregator accepted it; empty until then. */
    public synchronized Optional<JobStarted> job() {
        return job;
    }

    /** Bytes of the decisions in one copy. */
    public synchronized long decisionBytes() {
        return decisionBytes;
    }

    /** Where the decisions about a round stand; empty where it was never opened. */
    public synchronized Optional<Span> span(int round) {
        return Optional.ofNullable(rounds.get(round))
                .filter(entry -> entry.status != null)
                .map(entry -> new Span(entry.firstOffset, entry.lastOffset, entry.openedAt, entry.base));
    }

    /** Offsets of the first and the last decision about a round, its opening, and its base round. */
    public record Span(long first, long last, long openedAt, int base) {}

    /** The job at a glance. */
    public synchronized Views.Overview overview() {
        Optional<RoundWait> waiting = waiting();
        RoundEntry shown = rounds.get(published);
        return new Views.Overview(
                key,
                version,
                complete,
                state(),
                aborted.or(() -> paused).orElse(""),
                job.map(started -> started.getSpec().getRounds()).orElse(0),
                last,
                published,
                failed,
                trainers.size(),
                there,
                accepted,
                late,
                rejected,
                bytes,
                shown == null ? null : mean(shown, false),
                shown == null ? null : latestAccuracy(),
                waiting.map(RoundWait::json).orElse(null),
                waiting.map(each -> each.text(Instant.now())).orElse(null),
                forgottenBefore,
                job.map(JobIndex::facts).orElse(null));
    }

    private String state() {
        return job.isEmpty()
                ? "unstarted"
                : aborted.isPresent() ? "aborted" : finished ? "finished" : paused.isPresent() ? "paused" : "running";
    }

    private Double latestAccuracy() {
        for (RoundEntry round : rounds.headMap(published, true).descendingMap().values()) {
            Double accuracy = mean(round, true);
            if (accuracy != null) {
                return accuracy;
            }
        }
        return null;
    }

    private static Views.Facts facts(JobStarted started) {
        JobSpec spec = started.getSpec();
        return new Views.Facts(
                started.getJobUuid(),
                spec.getMethod(),
                spec.getAdapter(),
                spec.getModel(),
                spec.getRank(),
                spec.getAlpha(),
                spec.getTargetModules(),
                spec.getStrategy(),
                spec.getWeights(),
                spec.getCohort(),
                spec.getQuorum(),
                spec.getDeadlineMs(),
                spec.getLocalSteps(),
                spec.getMinTrainers(),
                spec.getPartitions(),
                spec.getWithoutQuorum(),
                spec.getLateUpdates(),
                started.getLineage() == null
                        ? null
                        : new Views.Origin(
                                started.getLineage().getJob(),
                                started.getLineage().getJobUuid(),
                                started.getLineage().getRound(),
                                Digests.hex(started.getLineage().getDigest())));
    }

    /** What the job waits for, if it goes on. */
    private Optional<RoundWait> waiting() {
        if (job.isEmpty() || finished || aborted.isPresent()) {
            return Optional.empty();
        }
        JobSpec spec = job.get().getSpec();
        RoundEntry open = rounds.get(last);
        if (open != null && open.status == Status.OPEN) {
            return Optional.of(new RoundWait.ForUpdates(
                    last, open.counted, open.asked, open.quorum, awaited(open), open.deadline + spec.getGraceMs()));
        }
        if (paused.isPresent()) {
            return Optional.of(new RoundWait.ForAnOperator(paused.get()));
        }
        boolean isToOpen = open != null && open.status != Status.CLOSED;
        int needed = last == 0 ? spec.getMinTrainers() : 1;
        return isToOpen && there < needed
                ? Optional.of(new RoundWait.ForTrainers(last + 1, List.copyOf(present()), needed))
                : Optional.empty();
    }

    private Set<String> present() {
        return trainers.stream()
                .filter(trainer -> trainer.there)
                .map(trainer -> trainer.id)
                .collect(Collectors.toCollection(java.util.TreeSet::new));
    }

    private List<String> awaited(RoundEntry open) {
        Set<String> counted = trainers.stream()
                .filter(trainer -> {
                    Cell cell = open.at(indexes.get(trainer.id));
                    return cell != null && cell.verdict.counts();
                })
                .map(trainer -> trainer.id)
                .collect(Collectors.toSet());
        return AwaitedTrainers.of(open.opened, counted, present());
    }

    /** Rounds from one on, in ascending order. */
    public synchronized Views.Page<Views.RoundRow> rounds(int from, int count) {
        List<Views.RoundRow> rows = rounds.tailMap(from, true).values().stream()
                .filter(round -> round.status != null)
                .limit(count)
                .map(this::row)
                .toList();
        return new Views.Page<>(version, last + 1, from, rows);
    }

    /** One round; empty where it was never opened. */
    public synchronized Optional<Views.RoundRow> round(int round) {
        return Optional.ofNullable(rounds.get(round))
                .filter(entry -> entry.status != null)
                .map(this::row);
    }

    private Views.RoundRow row(RoundEntry round) {
        return new Views.RoundRow(
                round.round,
                name(round.status),
                round.base,
                round.openedAt,
                round.deadline,
                round.isOver() ? (Double) ((round.endedAt - round.openedAt) / 1e3) : null,
                round.asked,
                round.quorum,
                round.counted,
                round.late,
                round.rejected,
                round.extensions,
                round.bytes,
                mean(round, false),
                mean(round, true),
                round.trigger,
                round.revision,
                round.digest,
                round.failure);
    }

    private Double mean(RoundEntry round, boolean ofAccuracy) {
        double sum = 0;
        int count = 0;
        for (int trainer = 0; trainer < round.room(); trainer++) {
            Cell cell = round.at(trainer);
            float value = cell == null ? Float.NaN : ofAccuracy ? cell.accuracy : cell.loss;
            if (Float.isFinite(value)) {
                sum += value;
                count++;
            }
        }
        return count == 0 ? null : (Double) (sum / count);
    }

    /** Trainers from a place on, in the order of their ids. */
    public synchronized Views.Page<Views.TrainerRow> trainers(int from, int count) {
        List<Views.TrainerRow> rows = ordered().subList(Math.min(from, trainers.size()), trainers.size()).stream()
                .limit(count)
                .map(this::row)
                .toList();
        return new Views.Page<>(version, trainers.size(), from, rows);
    }

    private List<TrainerEntry> ordered() {
        return trainers.stream()
                .sorted((one, other) -> one.id.compareTo(other.id))
                .toList();
    }

    private Views.TrainerRow row(TrainerEntry trainer) {
        return new Views.TrainerRow(
                trainer.id,
                trainer.there,
                trainer.gone,
                trainer.software,
                trainer.joins,
                trainer.asked,
                trainer.took,
                trainer.late,
                trainer.rejected,
                trainer.took == 0 ? null : (Double) (trainer.seconds / trainer.took),
                trainer.bytes,
                boxed(trainer.examples),
                trainer.last,
                Math.max(0, published - Math.max(0, trainer.last)),
                boxed(trainer.loss),
                boxed(trainer.accuracy));
    }

    /** A window of the grid: rounds from one on, trainers from a place on, in the order of their ids. */
    public synchronized Views.Grid grid(int firstRound, int roundCount, int firstTrainer, int trainerCount) {
        List<TrainerEntry> columns = ordered();
        columns = columns.subList(
                Math.min(firstTrainer, columns.size()), Math.min(firstTrainer + trainerCount, columns.size()));
        List<Views.GridRow> rows = new ArrayList<>();
        for (RoundEntry round :
                rounds.subMap(firstRound, firstRound + roundCount).values()) {
            if (round.status != null) {
                Set<Integer> cohort = new java.util.HashSet<>();
                for (int index : round.cohort()) {
                    cohort.add(index);
                }
                List<Views.GridCell> shown = new ArrayList<>();
                for (TrainerEntry trainer : columns) {
                    int index = indexes.get(trainer.id);
                    shown.add(view(round, round.at(index), cohort.contains(index), trainer.there));
                }
                rows.add(new Views.GridRow(round.round, name(round.status), round.forgotten, shown));
            }
        }
        return new Views.Grid(
                version,
                trainers.size(),
                firstTrainer,
                columns.stream().map(trainer -> trainer.id).toList(),
                rows);
    }

    private static Views.GridCell view(RoundEntry round, Cell cell, boolean asked, boolean isThere) {
        Verdict verdict = cell == null ? Verdict.NONE : cell.verdict;
        if (verdict == Verdict.NONE && asked) {
            verdict = round.status == Status.OPEN && isThere ? Verdict.AWAITED : Verdict.MISSED;
        }
        if (cell == null) {
            return verdict == Verdict.NONE
                    ? null
                    : new Views.GridCell(name(verdict), null, null, null, null, null, null, null, null);
        }
        return new Views.GridCell(
                name(verdict),
                boxed(cell.after),
                boxed(cell.bytes),
                boxed(cell.examples),
                boxed(cell.loss),
                boxed(cell.accuracy),
                boxed(cell.norm),
                cell.reason.isEmpty() ? null : cell.reason,
                cell.of < 0 ? null : (Integer) cell.of);
    }

    /** The numbers of the rounds in a range, thinned to at most so many, the last one kept. */
    public synchronized int[] numbers(int from, int to, int most) {
        List<Integer> all = rounds.subMap(from, true, to, true).values().stream()
                .filter(round -> round.status != null)
                .map(round -> round.round)
                .toList();
        int step = Math.max(1, (all.size() + most - 1) / most);
        List<Integer> kept = new ArrayList<>();
        for (int i = all.size() - 1; i >= 0; i -= step) {
            kept.add(0, all.get(i));
        }
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Lowest, mean and highest of a measure over the trainers of these rounds, in this order. */
    public synchronized List<Views.Series> spread(Measure measure, int[] numbers) {
        double[] low = new double[numbers.length];
        double[] mean = new double[numbers.length];
        double[] high = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            RoundEntry round = rounds.get(numbers[i]);
            double sum = 0;
            int count = 0;
            low[i] = Double.NaN;
            high[i] = Double.NaN;
            for (int trainer = 0; trainer < round.room(); trainer++) {
                double value = measure.of(round.at(trainer));
                if (Double.isFinite(value)) {
                    sum += value;
                    count++;
                    low[i] = Double.isNaN(low[i]) ? value : Math.min(low[i], value);
                    high[i] = Double.isNaN(high[i]) ? value : Math.max(high[i], value);
                }
            }
            mean[i] = count == 0 ? Double.NaN : sum / count;
        }
        return List.of(
                new Views.Series("lowest", low), new Views.Series("mean", mean), new Views.Series("highest", high));
    }

    /** A measure of one trainer over these rounds; empty where there is no such trainer. */
    public synchronized Optional<Views.Series> series(Measure measure, String trainer, int[] numbers) {
        Integer index = indexes.get(trainer);
        if (index == null) {
            return Optional.empty();
        }
        double[] values = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            values[i] = measure.of(rounds.get(numbers[i]).at(index));
        }
        return Optional.of(new Views.Series(trainer, values));
    }

    /** What a line shows. */
    public enum Measure {
        LOSS,
        ACCURACY,
        SECONDS,
        NORM;

        private double of(Cell cell) {
            if (cell == null) {
                return Double.NaN;
            }
            return switch (this) {
                case LOSS -> cell.loss;
                case ACCURACY -> cell.accuracy;
                case SECONDS -> cell.verdict.counts() ? cell.after : Double.NaN;
                case NORM -> cell.norm;
            };
        }
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    private static Double boxed(float value) {
        return Float.isFinite(value) ? Double.valueOf(Float.toString(value)) : null;
    }

    private static Long boxed(long value) {
        return value < 0 ? null : (Long) value;
    }
}
