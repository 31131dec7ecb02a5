package io.rondo.page.index;

import io.rondo.log.JobStarted;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * What the page knows of a job, from its decisions in their order. It keeps no decision and no manifest, so that a job of 200 trainers and 1,000
 * rounds takes some ten megabytes, and it gives up the cells of the oldest rounds where there are more. Safe for any thread.
 */
public final class JobIndex {
    private final String key;
    private final IndexedJob kept = new IndexedJob();
    private final IndexViews views = new IndexViews(kept);
    private final IndexSeries series = new IndexSeries(kept);
    private long version;
    private boolean complete;

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
        kept.apply(offset, size, decision, version);
        if (complete) {
            notifyAll();
        }
    }

    /** All that the log held when it was opened is here. */
    public synchronized void caughtUp() {
        complete = true;
        changed();
    }

    /** Something about the log has changed, though there is no new decision. */
    public synchronized void changed() {
        version++;
        notifyAll();
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

    /** The first round that changed after a version; empty if none did. */
    public synchronized Optional<Integer> changedSince(long seen) {
        return kept.rounds.values().stream()
                .filter(round -> round.changed > seen)
                .map(round -> round.round)
                .findFirst();
    }

    /** The job as the aggregator accepted it; empty until then. */
    public synchronized Optional<JobStarted> job() {
        return kept.job;
    }

    /** Bytes of the decisions in one copy. */
    public synchronized long decisionBytes() {
        return kept.decisionBytes;
    }

    /** Where the decisions about a round stand; empty if it was never opened. */
    public synchronized Optional<Span> span(int round) {
        return kept.opened(round)
                .map(entry -> new Span(entry.firstOffset, entry.lastOffset, entry.openedAt, entry.base));
    }

    /** Offsets of the first and the last decision about a round, its opening, and its base round. */
    public record Span(long first, long last, long openedAt, int base) {}

    /** The job at a glance. */
    public synchronized Views.Overview overview() {
        return views.overview(key, version, complete);
    }

    /** What the score of a trainer is called. */
    public synchronized String scoreName() {
        return kept.answersProblems ? "exact match" : "accuracy";
    }

    /** Rounds from one on, in ascending order. */
    public synchronized Views.Page<Views.RoundRow> rounds(int from, int count) {
        return views.rounds(version, from, count);
    }

    /** One round; empty if it was never opened. */
    public synchronized Optional<Views.RoundRow> round(int round) {
        return views.round(round);
    }

    /** Trainers from a place on, in the order of their ids. */
    public synchronized Views.Page<Views.TrainerRow> trainers(int from, int count) {
        return views.trainers(version, from, count);
    }

    /** A window of the grid: rounds from one on, trainers from a place on, in the order of their ids. */
    public synchronized Views.Grid grid(int firstRound, int roundCount, int firstTrainer, int trainerCount) {
        return views.grid(version, firstRound, roundCount, firstTrainer, trainerCount);
    }

    /** The numbers of the rounds in a range, thinned to at most so many, the last one kept. */
    public synchronized int[] numbers(int from, int to, int most) {
        return series.numbers(from, to, most);
    }

    /** Lowest, mean and highest of a measure over the trainers of these rounds, in this order. */
    public synchronized List<Views.Series> spread(Measure measure, int[] numbers) {
        return series.spread(measure, numbers);
    }

    /** A measure of one trainer over these rounds; empty if there is no such trainer. */
    public synchronized Optional<Views.Series> series(Measure measure, String trainer, int[] numbers) {
        return series.of(measure, trainer, numbers);
    }
}
