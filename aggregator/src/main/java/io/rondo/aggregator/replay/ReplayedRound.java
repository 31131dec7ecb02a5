package io.rondo.aggregator.replay;

import java.util.List;

/**
 * A replayed round, compared with the original one.
 *
 * @param round the round
 * @param cohort trainers whose updates count in the replay, in summation order
 * @param before trainers whose updates counted in history
 * @param rejected refused updates
 * @param distance Euclidean distance from history's adapter, relative to that adapter's norm
 * @param cosine cosine of the angle between the two adapters
 */
public record ReplayedRound(
        int round, List<String> cohort, List<String> before, int rejected, double distance, double cosine) {
    public ReplayedRound {
        cohort = List.copyOf(cohort);
        before = List.copyOf(before);
    }
}
