package io.rondo.page.index;

import io.rondo.aggregator.round.AwaitedTrainers;
import io.rondo.inspect.rounds.RoundSummary.Status;
import io.rondo.inspect.rounds.RoundWait;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.schemas.tensor.Digests;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Shows what is kept of a job, as the page takes it. Reads the index as it is in one moment; not safe for several threads. */
final class IndexViews {
    private final IndexedJob index;

    IndexViews(IndexedJob index) {
        this.index = index;
    }

    /** The job at a glance. */
    Views.Overview overview(String key, long version, boolean complete) {
        Optional<RoundWait> waiting = waiting();
        RoundEntry shown = index.rounds.get(index.published);
        Double score = shown == null ? null : latestScore();
        return new Views.Overview(
                key,
                version,
                complete,
                state(),
                index.aborted.or(() -> index.paused).orElse(""),
                index.job.map(started -> started.getSpec().getRounds()).orElse(0),
                index.last,
                index.published,
                index.failed,
                index.trainers.size(),
                index.there,
                index.accepted,
                index.late,
                index.rejected,
                index.bytes,
                shown == null ? null : mean(shown, Measure.LOSS),
                index.answersProblems ? null : score,
                index.answersProblems ? score : null,
                waiting.map(RoundWait::json).orElse(null),
                waiting.map(each -> each.text(Instant.now())).orElse(null),
                index.forgottenBefore,
                index.job.map(IndexViews::facts).orElse(null));
    }

    private String state() {
        return index.job.isEmpty()
                ? "unstarted"
                : index.aborted.isPresent()
                        ? "aborted"
                        : index.finished ? "finished" : index.paused.isPresent() ? "paused" : "running";
    }

    private Double latestScore() {
        for (RoundEntry round :
                index.rounds.headMap(index.published, true).descendingMap().values()) {
            Double score = mean(round, Measure.SCORE);
            if (score != null) {
                return score;
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

    /** What the job waits for, if it continues. */
    private Optional<RoundWait> waiting() {
        if (index.job.isEmpty() || index.finished || index.aborted.isPresent()) {
            return Optional.empty();
        }
        JobSpec spec = index.job.get().getSpec();
        RoundEntry open = index.rounds.get(index.last);
        if (open != null && open.status == Status.OPEN) {
            return Optional.of(new RoundWait.ForUpdates(
                    index.last,
                    open.counted,
                    open.asked,
                    open.quorum,
                    awaited(open),
                    open.deadline + spec.getGraceMs()));
        }
        if (index.paused.isPresent()) {
            return Optional.of(new RoundWait.ForAnOperator(index.paused.get()));
        }
        boolean isToOpen = open != null && open.status != Status.CLOSED;
        int needed = index.last == 0 ? spec.getMinTrainers() : 1;
        return isToOpen && index.there < needed
                ? Optional.of(new RoundWait.ForTrainers(index.last + 1, List.copyOf(present()), needed))
                : Optional.empty();
    }

    private Set<String> present() {
        return index.trainers.stream()
                .filter(trainer -> trainer.there)
                .map(trainer -> trainer.id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<String> awaited(RoundEntry open) {
        Set<String> counted = index.trainers.stream()
                .filter(trainer -> {
                    Cell cell = open.at(index.indexes.get(trainer.id));
                    return cell != null && cell.verdict.counts();
                })
                .map(trainer -> trainer.id)
                .collect(Collectors.toSet());
        return AwaitedTrainers.of(open.opened, counted, present());
    }

    /** Rounds from one on, in ascending order. */
    Views.Page<Views.RoundRow> rounds(long version, int from, int count) {
        List<Views.RoundRow> rows = index.rounds.tailMap(from, true).values().stream()
                .filter(round -> round.status != null)
                .limit(count)
                .map(this::row)
                .toList();
        return new Views.Page<>(version, index.last + 1, from, rows);
    }

    /** One round; empty if it was never opened. */
    Optional<Views.RoundRow> round(int round) {
        return index.opened(round).map(this::row);
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
                mean(round, Measure.LOSS),
                index.answersProblems ? null : mean(round, Measure.SCORE),
                index.answersProblems ? mean(round, Measure.SCORE) : null,
                round.trigger,
                round.revision,
                round.digest,
                round.failure);
    }

    private static Double mean(RoundEntry round, Measure measure) {
        double sum = 0;
        int count = 0;
        for (int trainer = 0; trainer < round.room(); trainer++) {
            double value = measure.of(round.at(trainer));
            if (Double.isFinite(value)) {
                sum += value;
                count++;
            }
        }
        return count == 0 ? null : (Double) (sum / count);
    }

    /** Trainers from a place on, in the order of their ids. */
    Views.Page<Views.TrainerRow> trainers(long version, int from, int count) {
        List<Views.TrainerRow> rows =
                ordered().subList(Math.min(from, index.trainers.size()), index.trainers.size()).stream()
                        .limit(count)
                        .map(this::row)
                        .toList();
        return new Views.Page<>(version, index.trainers.size(), from, rows);
    }

    private List<TrainerEntry> ordered() {
        return index.trainers.stream()
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
                Math.max(0, index.published - Math.max(0, trainer.last)),
                boxed(trainer.loss),
                index.answersProblems ? null : boxed(trainer.score),
                index.answersProblems ? boxed(trainer.score) : null);
    }

    /** A window of the grid: rounds from one on, trainers from a place on, in the order of their ids. */
    Views.Grid grid(long version, int firstRound, int roundCount, int firstTrainer, int trainerCount) {
        List<TrainerEntry> columns = ordered();
        columns = columns.subList(
                Math.min(firstTrainer, columns.size()), Math.min(firstTrainer + trainerCount, columns.size()));
        List<Views.GridRow> rows = new ArrayList<>();
        for (RoundEntry round :
                index.rounds.subMap(firstRound, firstRound + roundCount).values()) {
            if (round.status != null) {
                Set<Integer> cohort = new HashSet<>();
                for (int trainer : round.cohort()) {
                    cohort.add(trainer);
                }
                List<Views.GridCell> shown = new ArrayList<>();
                for (TrainerEntry trainer : columns) {
                    int number = index.indexes.get(trainer.id);
                    shown.add(view(round, round.at(number), cohort.contains(number), trainer.there));
                }
                rows.add(new Views.GridRow(round.round, name(round.status), round.forgotten, shown));
            }
        }
        return new Views.Grid(
                version,
                index.trainers.size(),
                firstTrainer,
                columns.stream().map(trainer -> trainer.id).toList(),
                rows);
    }

    private Views.GridCell view(RoundEntry round, Cell cell, boolean asked, boolean isThere) {
        Verdict verdict = cell == null ? Verdict.NONE : cell.verdict;
        if (verdict == Verdict.NONE && asked) {
            verdict = round.status == Status.OPEN && isThere ? Verdict.AWAITED : Verdict.MISSED;
        }
        if (cell == null) {
            return verdict == Verdict.NONE
                    ? null
                    : new Views.GridCell(name(verdict), null, null, null, null, null, null, null, null, null);
        }
        return new Views.GridCell(
                name(verdict),
                boxed(cell.after),
                boxed(cell.bytes),
                boxed(cell.examples),
                boxed(cell.loss),
                index.answersProblems ? null : boxed(cell.score),
                index.answersProblems ? boxed(cell.score) : null,
                boxed(cell.norm),
                cell.reason.isEmpty() ? null : cell.reason,
                cell.of < 0 ? null : (Integer) cell.of);
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Double boxed(float value) {
        return Float.isFinite(value) ? Double.valueOf(Float.toString(value)) : null;
    }

    private static Long boxed(long value) {
        return value < 0 ? null : (Long) value;
    }
}
