package io.rondo.aggregator.verify;

/**
 * The findings of one round's verification.
 *
 * @param round the round
 * @param revision revision published
 * @param updates updates folded
 * @param digest digest of the published adapter, hexadecimal
 * @param outcome whether the adapter could be recomputed, and to the same bytes
 * @param problem what is wrong, empty if nothing is
 */
public record RoundVerification(int round, int revision, int updates, String digest, Outcome outcome, String problem) {

    /** The result of a round's recomputation. */
    public enum Outcome {
        /** Every chunk has the same bytes, and the hash chain is intact. */
        IDENTICAL,
        /** Something in the log differs from what was published. */
        DIFFERENT,
        /** The round's topic is gone, so its updates cannot be read again. */
        NOT_IN_LOG,
        /** The round's topic is gone, and the log names the archive with its updates. */
        ARCHIVED
    }

    public boolean isIdentical() {
        return outcome == Outcome.IDENTICAL;
    }
}
