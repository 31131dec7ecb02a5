package io.rondo.aggregator.log;

import java.util.List;

/**
 * Which rounds are looked at.
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

    /** The rounds of the range whose chunks a log holds. */
    public List<Integer> present(JobLog log) {
        return log.rounds().stream().filter(this::contains).sorted().toList();
    }
}
