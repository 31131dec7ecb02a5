package io.rondo.trainer.runtime;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.runtime.state.StateDirectory;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Keeps a trainer that fails and is restarted repeatedly from joining and leaving without end: after the second consecutive
 * failure, each start waits longer before it joins. A trained and saved round resets the count.
 */
final class Restarts {
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int MOST_DOUBLINGS = 10;
    private static final long LOOK_MS = 200;

    private Restarts() {}

    /** How long to wait after this many consecutive failures. */
    static Duration pauseAfter(int failures) {
        if (failures < 2) {
            return Duration.ZERO;
        }
        Duration pause = FIRST.multipliedBy(1L << Math.min(failures - 2, MOST_DOUBLINGS));
        return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }

    /** Waits as long as the recorded failures require, or until stopped. */
    static void await(StateDirectory directory, TrainerListener listener, BooleanSupplier stopped) {
        int failures = directory.failures();
        Duration pause = pauseAfter(failures);
        if (pause.isZero()) {
            return;
        }
        listener.pausing(failures, pause);
        long end = System.nanoTime() + pause.toNanos();
        while (!stopped.getAsBoolean() && System.nanoTime() < end) {
            try {
                Thread.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }

    /** Records how a process ended: counts failures that would recur, but not an unreachable broker or registry. */
    static void note(StateDirectory directory, RondoException failure) {
        if (comesAgain(failure.code())) {
            directory.failed();
        }
    }

    private static boolean comesAgain(ErrorCode code) {
        return code == ErrorCode.TRAINER_FAILED
                || code == ErrorCode.TRAINER_FENCED
                || code == ErrorCode.JOIN_REFUSED
                || code == ErrorCode.ADAPTER_CORRUPT
                || code == ErrorCode.ADAPTER_IMPLAUSIBLE
                || code == ErrorCode.JOB_FAILED;
    }
}
