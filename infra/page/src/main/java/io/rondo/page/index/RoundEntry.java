package io.rondo.page.index;

import io.rondo.inspect.rounds.RoundSummary.Status;
import io.rondo.log.RoundOpened;
import java.util.Arrays;

/** What is kept of one round. */
final class RoundEntry {
    private static final Cell[] NONE = {};
    private static final int[] NOBODY = {};

    final int round;
    Status status;
    int base = -1;
    long openedAt;
    long deadline;
    long endedAt;
    int quorum;
    int asked;
    int counted;
    int late;
    int rejected;
    int extensions;
    long bytes;
    String trigger = "";
    String failure = "";
    String digest = "";
    int revision;
    /** Where the decisions about it begin and end in partition 0. */
    long firstOffset = -1;

    long lastOffset = -1;
    /** Version of the index in which it changed last. */
    long changed;
    /** Whether its cells were given up, since there were too many. */
    boolean forgotten;
    /** The last opening, for whom it waits; none once it is over. */
    RoundOpened opened;

    private Cell[] cells = NONE;
    private int[] cohort = NOBODY;

    RoundEntry(int round) {
        this.round = round;
    }

    int[] cohort() {
        return cohort;
    }

    void ask(int[] trainers) {
        cohort = trainers;
    }

    /** How many cells it has room for, which is what they cost. */
    int room() {
        return cells.length;
    }

    Cell at(int trainer) {
        return trainer < cells.length ? cells[trainer] : null;
    }

    Cell make(int trainer, int trainers) {
        if (trainer >= cells.length) {
            cells = Arrays.copyOf(cells, Math.max(trainer + 1, trainers));
        }
        if (cells[trainer] == null) {
            cells[trainer] = new Cell();
        }
        return cells[trainer];
    }

    void forget() {
        cells = NONE;
        cohort = NOBODY;
        forgotten = true;
    }

    boolean isOver() {
        return status == Status.PUBLISHED || status == Status.FAILED;
    }
}
