package io.rondo.demo;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/**
 * Time since this JVM was started. The start of the process would not do: the launcher may have built Rondo in the same
 * process before. Used by one thread.
 */
final class Stopwatch {
    private final Instant started =
            Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
    private OptionalDouble firstRound = OptionalDouble.empty();

    double seconds() {
        return Duration.between(started, Instant.now()).toMillis() / 1000.0;
    }

    /** Round 1 was published at this time, unless that was before this JVM started. */
    void firstRoundPublished(long epochMillis) {
        double seconds = (epochMillis - started.toEpochMilli()) / 1000.0;
        firstRound = seconds > 0 ? OptionalDouble.of(seconds) : OptionalDouble.empty();
    }

    OptionalDouble firstRound() {
        return firstRound;
    }
}
