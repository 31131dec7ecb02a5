package io.rondo.aggregator.round;

import io.rondo.log.RoundOpened;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The trainers that a round asks. Its members never change. Used by one thread. */
final class Cohort {
    private final List<String> trainers;
    private final Set<String> members;
    /** Where the last search for a missing answer ended. Only where the next one begins: the result does not depend on it. */
    private int searchedTo;

    Cohort(RoundOpened opened) {
        this.trainers = opened.getCohort();
        this.members = Set.copyOf(trainers);
    }

    boolean contains(String trainer) {
        return members.contains(trainer);
    }

    /**
     * Whether this holds for every trainer. The search begins with the trainer for which the last one failed, so that asking after
     * each of n answers takes n steps in all, where a search from the start could take n².
     */
    boolean allMatch(Predicate<String> answered) {
        for (int searched = 0; searched < trainers.size(); searched++) {
            if (!answered.test(trainers.get(searchedTo))) {
                return false;
            }
            searchedTo = (searchedTo + 1) % trainers.size();
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cohort cohort && trainers.equals(cohort.trainers);
    }

    @Override
    public int hashCode() {
        return trainers.hashCode();
    }

    @Override
    public String toString() {
        return trainers.toString();
    }
}
