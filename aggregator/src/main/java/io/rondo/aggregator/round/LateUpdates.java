package io.rondo.aggregator.round;

/** What becomes of an update that comes after its round has closed. */
public enum LateUpdates implements NamedChoice {
    REJECT,
    /** It counts in the next round, with less weight, until its trainer sends a fresh one. */
    NEXT_ROUND;

    /** @throws IllegalArgumentException when there is no such rule */
    static LateUpdates of(String id) {
        return NamedChoice.of("late-updates", values(), id);
    }
}
