package io.rondo.e2e.kill;

import io.rondo.e2e.JavaProcess;
import java.util.SplittableRandom;

/**
 * SIGSTOP until another instance has taken over, which is a session's length; then the stopped one comes back and finds its tasks
 * gone. Recovery counts from SIGSTOP to the first round of the other.
 */
final class AggregatorZombie implements Fault {
    private int others;

    @Override
    public String id() {
        return "aggregator-zombie";
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws InterruptedException {
        long stopped = System.currentTimeMillis();
        federation.aggregator().signal("STOP");
        others++;
        try (JavaProcess other = federation.startAggregator("other-" + others)) {
            federation.awaitRecovery(stopped);
            federation.aggregator().signal("CONT");
            federation.awaitRounds(random.nextInt(1, 4));
            other.signal("TERM");
            other.awaitExit();
        }
        return stopped;
    }

    @Override
    public void settle(Federation federation) throws InterruptedException {
        federation.awaitRounds(2);
    }
}
