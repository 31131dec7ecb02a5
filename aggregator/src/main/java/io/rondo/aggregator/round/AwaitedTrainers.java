package io.rondo.aggregator.round;

import io.rondo.log.RoundOpened;
import java.util.Collection;
import java.util.List;

/** For whom an open round waits: the rule by which the coordinator says it, and by which everybody who reads the log works it out. */
public final class AwaitedTrainers {
    private AwaitedTrainers() {}

    /**
     * Those asked whose update would end the wait, in the order of the cohort. Nobody waits for a trainer that is not admitted any more; the submitter
     * of round 0 never joins.
     *
     * @param counted whose updates count in the round
     * @param there the trainers that are admitted
     */
    public static List<String> of(RoundOpened opened, Collection<String> counted, Collection<String> there) {
        return opened.getCohort().stream()
                .filter(trainer -> !counted.contains(trainer) && (opened.getRound() == 0 || there.contains(trainer)))
                .toList();
    }
}
