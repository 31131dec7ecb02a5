package io.rondo.aggregator.round;

/** What happens to a round without a quorum at its deadline. Round 0, which every later round needs, is always extended. */
public enum WithoutQuorum implements NamedChoice {
    /** It is extended by its full duration. */
    EXTEND,
    /** It fails, and the next round opens on the same base. */
    SKIP,
    /** It fails, and so does the job. */
    FAIL;

    /** @throws IllegalArgumentException when there is no such rule */
    static WithoutQuorum of(String id) {
        return NamedChoice.of("without-quorum", values(), id);
    }
}
