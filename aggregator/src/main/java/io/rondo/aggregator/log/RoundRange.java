package io.rondo.aggregator.log;

import java.util.List;

/**
 * A range of rounds.
 *
 * @param from the first
 * @param to the last, inclusive
 */
public record RoundRange(int from, int to) {
    /** Every round. */
    public static final RoundRange ALL = new RoundRange(0, Integer.MAX_VALUE);

    /** No round. */
    public static final RoundRange NONE = new RoundRange(0, -1);

    public boolean contains(int round) {
        return round >= from && round <= to;
    }

    /** The rounds of this range whose chunks a log still holds. */
    public List<Integer> present(JobLog log) {
        return log.rounds().stream().filter(this::contains).sorted().toList();
    }
}
