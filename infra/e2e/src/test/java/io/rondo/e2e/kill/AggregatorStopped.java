package io.rondo.e2e.kill;

import java.util.SplittableRandom;

/** SIGSTOP for a while that its group does not notice; recovery counts from SIGCONT. */
final class AggregatorStopped implements Fault {
    private static final int LONGEST_MS = 4_000;

    @Override
    public String id() {
        return "aggregator-stopped";
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws InterruptedException {
        federation.aggregator().signal("STOP");
        Thread.sleep(random.nextInt(LONGEST_MS));
        long continued = System.currentTimeMillis();
        federation.aggregator().signal("CONT");
        return continued;
    }
}
