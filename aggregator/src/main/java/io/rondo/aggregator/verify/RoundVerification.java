package io.rondo.aggregator.verify;

/**
 * What verifying one round found.
 *
 * @param round the round
 * @param revision revision published
 * @param updates updates folded
 * @param digest digest of the published adapter, hexadecimal
 * @param outcome whether the adapter could be recomputed, and to the same bytes
 * @param problem what is wrong, empty when all is well
 */
public record RoundVerification(int round, int revision, int updates, String digest, Outcome outcome, String problem) {

    /** What came of a round's recomputation. */
    public enum Outcome {
        /** Every chunk has the same bytes, and the chain holds. */
        IDENTICAL,
        /** Something in the log is not what was published. */
        DIFFERENT,
        /** The round's topic is gone, so its updates cannot be read again. */
        NOT_IN_LOG,
        /** The round's topic is gone, and the log says which archive holds its updates. */
        ARCHIVED
    }

    public boolean isIdentical() {
        return outcome == Outcome.IDENTICAL;
    }
}
