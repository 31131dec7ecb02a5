package io.rondo.cli.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/** Time since this process was started, the start of its JVM included. Used by one thread. */
final class Stopwatch {
    private final Instant started =
            ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    private OptionalDouble firstRound = OptionalDouble.empty();

    double seconds() {
        return Duration.between(started, Instant.now()).toMillis() / 1000.0;
    }

    /** Round 1 was published at this time, unless that was before this process started. */
    void firstRoundPublished(long epochMillis) {
        double seconds = (epochMillis - started.toEpochMilli()) / 1000.0;
        firstRound = seconds > 0 ? OptionalDouble.of(seconds) : OptionalDouble.empty();
    }

    OptionalDouble firstRound() {
        return firstRound;
    }
}
