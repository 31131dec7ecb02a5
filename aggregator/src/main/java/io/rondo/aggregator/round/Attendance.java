package io.rondo.aggregator.round;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How many consecutive rounds that asked a trainer it has missed. A round with a revoked update does not count as missed. */
final class Attendance {
    private final Map<String, Integer> missed = new HashMap<>();
    private final Set<String> present = new HashSet<>();

    /** The trainer is present: it has joined, or an update of it has been accepted. */
    void seen(String trainer) {
        present.add(trainer);
        missed.remove(trainer);
    }

    void opened() {
        present.clear();
    }

    void ended(Collection<String> cohort) {
        cohort.stream()
                .filter(trainer -> !present.contains(trainer))
                .forEach(trainer -> missed.merge(trainer, 1, Integer::sum));
    }

    /** The first of these trainers, by id, that has missed at least this many rounds, if any. */
    Optional<String> absent(Set<String> trainers, int rounds) {
        // most have missed none, and this is asked after each of many joins
        return missed.entrySet().stream()
                .filter(each -> each.getValue() >= rounds && trainers.contains(each.getKey()))
                .map(Map.Entry::getKey)
                .min(Comparator.naturalOrder());
    }
}
