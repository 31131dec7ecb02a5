package io.rondo.e2e.kill;

import java.util.SplittableRandom;

/** SIGSTOP of a trainer for a while; recovery counts from SIGCONT. */
final class TrainerStopped implements Fault {
    private static final int LONGEST_MS = 3_000;

    @Override
    public String id() {
        return "trainer-stopped";
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws InterruptedException {
        federation.trainer().signal("STOP");
        Thread.sleep(random.nextInt(LONGEST_MS));
        long continued = System.currentTimeMillis();
        federation.trainer().signal("CONT");
        return continued;
    }
}
