package io.rondo.trainer.runtime;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.runtime.state.StateDirectory;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Keeps a trainer that fails in the same way each time, and is started again each time, from joining and leaving
 * without end: each start after the second failure in a row waits longer before it joins. A round that is trained and
 * saved ends the row.
 */
final class Restarts {
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int MOST_DOUBLINGS = 10;
    private static final long LOOK_MS = 200;

    private Restarts() {}

    /** How long to wait after so many failures in a row. */
    static Duration pauseAfter(int failures) {
        if (failures < 2) {
            return Duration.ZERO;
        }
        Duration pause = FIRST.multipliedBy(1L << Math.min(failures - 2, MOST_DOUBLINGS));
        return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }

    /** Waits as long as the failures in the directory ask for, or until it is stopped. */
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

    /** Takes note of how a process ended: of what would come again, and not of a broker or a registry that is away. */
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
