package io.rondo.aggregator.round;

import io.rondo.log.UpdateAccepted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The updates that count in a round, in the order of acceptance. Immutable. A list and the longer one that was made from it share
 * their records and indexes: accepting n updates takes n steps, where copies would take n².
 */
final class AcceptedUpdates {
    /** Append-only; this list consists of the first {@link #size}. */
    private final List<UpdateAccepted> records;

    private final Map<String, Integer> firstOfTrainer;
    private final Map<AttemptId, Integer> firstOfAttempt;
    private final int size;

    private AcceptedUpdates(
            List<UpdateAccepted> records,
            Map<String, Integer> firstOfTrainer,
            Map<AttemptId, Integer> firstOfAttempt,
            int size) {
        this.records = records;
        this.firstOfTrainer = firstOfTrainer;
        this.firstOfAttempt = firstOfAttempt;
        this.size = size;
    }

    static AcceptedUpdates of(Iterable<UpdateAccepted> updates) {
        AcceptedUpdates all = new AcceptedUpdates(new ArrayList<>(), new HashMap<>(), new HashMap<>(), 0);
        for (UpdateAccepted update : updates) {
            all = all.with(update);
        }
        return all;
    }

    AcceptedUpdates with(UpdateAccepted update) {
        if (records.size() != size) {
            // another list continues these records
            return of(records.subList(0, size)).with(update);
        }
        records.add(update);
        firstOfTrainer.putIfAbsent(update.getManifest().getTrainer(), size);
        firstOfAttempt.putIfAbsent(AttemptId.of(update.getManifest()), size);
        return new AcceptedUpdates(records, firstOfTrainer, firstOfAttempt, size + 1);
    }

    AcceptedUpdates without(AttemptId attempt) {
        return of(stream()
                .filter(update -> !AttemptId.of(update.getManifest()).equals(attempt))
                .toList());
    }

    /** The first update of a trainer. */
    Optional<UpdateAccepted> of(String trainer) {
        return at(firstOfTrainer.get(trainer));
    }

    Optional<UpdateAccepted> of(AttemptId attempt) {
        return at(firstOfAttempt.get(attempt));
    }

    private Optional<UpdateAccepted> at(Integer place) {
        return place == null || place >= size ? Optional.empty() : Optional.of(records.get(place));
    }

    int size() {
        return size;
    }

    Stream<UpdateAccepted> stream() {
        return records.subList(0, size).stream();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AcceptedUpdates updates
                && records.subList(0, size).equals(updates.records.subList(0, updates.size));
    }

    @Override
    public int hashCode() {
        return records.subList(0, size).hashCode();
    }

    @Override
    public String toString() {
        return records.subList(0, size).toString();
    }
}
