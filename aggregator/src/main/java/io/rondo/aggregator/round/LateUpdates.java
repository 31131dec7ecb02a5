package io.rondo.aggregator.round;

/** What happens to an update that arrives after its round has closed. */
public enum LateUpdates implements NamedChoice {
    REJECT,
    /** It counts in the next round, with less weight, unless its trainer sends a current one. */
    NEXT_ROUND;

    /** @throws IllegalArgumentException when there is no such rule */
    static LateUpdates of(String id) {
        return NamedChoice.of("late-updates", values(), id);
    }
}
