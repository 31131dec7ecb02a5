package io.rondo.aggregator.round;

/** What becomes of a round that has no quorum at its deadline. Round 0, which starts everything, is always extended. */
public enum WithoutQuorum implements NamedChoice {
    /** It continues for as long again. */
    EXTEND,
    /** It is given up, and the next one opens on the same base. */
    SKIP,
    /** It is given up, and the job with it. */
    FAIL;

    /** @throws IllegalArgumentException when there is no such rule */
    static WithoutQuorum of(String id) {
        return NamedChoice.of("without-quorum", values(), id);
    }
}
