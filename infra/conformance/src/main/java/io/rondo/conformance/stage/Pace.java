package io.rondo.conformance.stage;

import java.time.Duration;

/**
 * How long the kit waits.
 *
 * @param patience for what must come
 * @param quiet for what must not come
 */
public record Pace(Duration patience, Duration quiet) {
    private static final int PATIENCE_PER_ANSWER = 20;
    /** A machine with many scenarios at a time answers so late, and trainers in time. */
    private static final Duration USUAL = Duration.ofSeconds(2);

    public Pace {
        if (patience.isNegative() || patience.isZero() || quiet.isNegative()) {
            throw new IllegalArgumentException("a patience of " + patience + ", a quiet time of " + quiet);
        }
    }

    /** So slow an answer of the broker that a trainer which is late is not to blame. */
    public Duration tolerated() {
        Duration share = patience.dividedBy(PATIENCE_PER_ANSWER);
        return share.compareTo(USUAL) > 0 ? share : USUAL;
    }
}
