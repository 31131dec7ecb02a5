package io.rondo.conformance.stage;

import java.time.Duration;

/**
 * How long the kit waits.
 *
 * @param patience for what must come
 * @param quiet for what must not come
 */
public record Pace(Duration patience, Duration quiet) {
    public Pace {
        if (patience.isNegative() || patience.isZero() || quiet.isNegative()) {
            throw new IllegalArgumentException("a patience of " + patience + ", a quiet time of " + quiet);
        }
    }
}
