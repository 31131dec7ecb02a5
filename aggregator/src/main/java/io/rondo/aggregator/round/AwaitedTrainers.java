package io.rondo.aggregator.round;

import io.rondo.log.RoundOpened;
import java.util.Collection;
import java.util.List;

/**
 * The trainers that an open round waits for. The coordinator applies this rule, and every reader of the log computes the
 * same result by it.
 */
public final class AwaitedTrainers {
    private AwaitedTrainers() {}

    /**
     * The trainers of the cohort whose update would end the wait, in cohort order. A trainer that is no longer admitted is
     * not awaited; the submitter of round 0 never joins.
     *
     * @param counted trainers whose updates count in the round
     * @param there the admitted trainers
     */
    public static List<String> of(RoundOpened opened, Collection<String> counted, Collection<String> there) {
        return opened.getCohort().stream()
                .filter(trainer -> !counted.contains(trainer) && (opened.getRound() == 0 || there.contains(trainer)))
                .toList();
    }
}
