package io.rondo.trainer.runtime.crash;

import java.util.Arrays;

/**
 * For tests alone: ends the process at a point of a round, as a kill would. Armed by the system property {@code
 * rondo.crash.at=POINT:ROUND}, such as {@code within-upload:2}; nothing happens where it is not set.
 */
public final class CrashPoints {
    public static final String PROPERTY = "rondo.crash.at";

    /** The exit status of a process that was killed. */
    private static final int KILLED = 137;

    private static final CrashPoints NONE = new CrashPoints(null, -1, () -> {});

    private final CrashPoint point;
    private final int round;
    private final Runnable crash;

    private CrashPoints(CrashPoint point, int round, Runnable crash) {
        this.point = point;
        this.round = round;
        this.crash = crash;
    }

    public static CrashPoints none() {
        return NONE;
    }

    public static CrashPoints at(CrashPoint point, int round, Runnable crash) {
        return new CrashPoints(point, round, crash);
    }

    /** @throws IllegalArgumentException when the property has no such form */
    public static CrashPoints fromSystemProperty() {
        String value = System.getProperty(PROPERTY, "");
        if (value.isEmpty()) {
            return NONE;
        }
        int colon = value.indexOf(':');
        return Arrays.stream(CrashPoint.values())
                .filter(candidate -> colon > 0 && candidate.id().equals(value.substring(0, colon)))
                .findFirst()
                .map(candidate -> at(candidate, Integer.parseInt(value.substring(colon + 1)), () -> Runtime.getRuntime()
                        .halt(KILLED)))
                .orElseThrow(() -> new IllegalArgumentException(PROPERTY + "=" + value + " is not POINT:ROUND"));
    }

    public boolean isArmed(CrashPoint at, int inRound) {
        return point == at && round == inRound;
    }

    public void pass(CrashPoint at, int inRound) {
        if (isArmed(at, inRound)) {
            crash.run();
        }
    }
}
