package io.rondo.e2e.kill;

import java.util.SplittableRandom;

/** A trainer ends as by SIGKILL at a named point of its round, and at once starts again on its state. */
record TrainerKilledAt(TrainerCrash.Point point) implements Fault {
    /** The next round may have begun: what is known of it comes from a reader of the log. */
    private static final int LEAST_AHEAD = 2;

    private static final int MOST_AHEAD = 4;

    @Override
    public String id() {
        return "trainer-killed-" + point.id();
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws InterruptedException {
        // the point is armed at the start, so that this one ends first, in order
        federation.trainer().close();
        federation.startTrainer(point.id() + ':' + (federation.opened() + random.nextInt(LEAST_AHEAD, MOST_AHEAD)));
        int status = federation.trainer().awaitExit();
        long killed = System.currentTimeMillis();
        if (status != TrainerCrash.KILLED) {
            throw new AssertionError(
                    "status " + status + ": " + federation.trainer().output());
        }
        federation.trainer().close();
        federation.startTrainer("");
        return killed;
    }
}
