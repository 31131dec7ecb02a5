package io.rondo.schemas.client;

import java.time.Duration;

/**
 * How long a reader of committed records waits for a transaction to end before it treats the records as missing. A broker
 * aborts an abandoned transaction after its timeout, 10 s, plus the interval of the broker's check, 10 s. The values differ
 * with the consequences: docs/decisions/0014 has the reasons.
 */
public final class MarkerPatience {
    /**
     * For a trainer that reads a publication's chunks. The publication's transaction is committed, so at most its markers
     * are missing; and a trainer tries twice before it gives up.
     */
    public static final Duration OF_A_TRAINER = Duration.ofSeconds(15);

    /** For a fold that reads chunks published before it started: its predecessor may have left a transaction open. */
    public static final Duration OF_A_FOLD = Duration.ofSeconds(30);

    /** For readers of a log to its end: other clusters may allow longer transactions, up to a minute. */
    public static final Duration OF_A_WHOLE_LOG = Duration.ofSeconds(90);

    private MarkerPatience() {}
}
