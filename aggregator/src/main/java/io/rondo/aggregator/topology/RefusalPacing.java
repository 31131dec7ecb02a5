package io.rondo.aggregator.topology;

import io.rondo.aggregator.round.Answering;

/**
 * Decides which refused records are answered alone: so many a second. A decision is copied to every partition of the log,
 * so each answer costs as much as dozens of records that are only read, and the answers to a flood would delay the
 * records behind it. Belongs to one thread.
 */
final class RefusalPacing {
    private static final long WINDOW_MS = 1_000;
    private static final int MOST_ALONE = 100;
    /** A trainer that waits for its answer hears more by it than an operator does by a dead letter. */
    private static final int MOST_ADDRESSED = 1_000;

    private long since;
    private int answered;

    /** A refusal was answered alone. */
    void refused() {
        answered++;
    }

    /**
     * How the next record is answered if it is refused.
     *
     * @param now milliseconds since 1970
     * @param trainers that the job may admit: so many may be refused at once without being a flood
     */
    Answering next(long now, int trainers) {
        if (Math.abs(now - since) >= WINDOW_MS) {
            since = now;
            answered = 0;
        }
        if (answered < MOST_ALONE) {
            return Answering.ALONE;
        }
        return answered < Math.max(MOST_ADDRESSED, trainers) ? Answering.UNADDRESSED_TOGETHER : Answering.TOGETHER;
    }
}
