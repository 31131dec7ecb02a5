package io.rondo.schemas.client;

import java.time.Duration;

/**
 * How long a reader of committed records waits for a transaction to end, after which what it waits for is not there. A
 * transaction that nobody ends any more is aborted by its broker within its timeout, 10 s, and the time to the broker's next
 * look, 10 s. The values differ, since what comes next does: docs/decisions/0014 says why.
 */
public final class MarkerPatience {
    /**
     * Of a trainer that reads a publication's chunks. What was published is decided, so that only the markers of its own
     * transaction may be missing, not its end; and a trainer looks twice before it gives up.
     */
    public static final Duration OF_A_TRAINER = Duration.ofSeconds(15);

    /** Of a fold that reads what was published before it started: its predecessor may have left a transaction open. */
    public static final Duration OF_A_FOLD = Duration.ofSeconds(30);

    /** Of whoever reads a log to its end: brokers that others run may allow longer transactions, up to a minute. */
    public static final Duration OF_A_WHOLE_LOG = Duration.ofSeconds(90);

    private MarkerPatience() {}
}
