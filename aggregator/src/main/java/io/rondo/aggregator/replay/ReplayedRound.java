package io.rondo.aggregator.replay;

import java.util.List;

/**
 * A round that was run again, beside the one that was.
 *
 * @param round the round
 * @param cohort trainers whose updates count, in the order of summation
 * @param before trainers whose updates counted in history
 * @param rejected updates that were refused
 * @param distance Euclidean distance from history's adapter, relative to the length of that
 * @param cosine cosine of the angle between the two
 */
public record ReplayedRound(
        int round, List<String> cohort, List<String> before, int rejected, double distance, double cosine) {
    public ReplayedRound {
        cohort = List.copyOf(cohort);
        before = List.copyOf(before);
    }
}
