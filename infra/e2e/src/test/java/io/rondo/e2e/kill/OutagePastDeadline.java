package io.rondo.e2e.kill;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Everything is away until the deadline of a round has passed, whose updates were sent in time and decided by nobody: they still
 * count. Recovery counts from the brokers' start.
 */
final class OutagePastDeadline implements Fault {
    private static final int DEADLINE_MS = 4_000;
    /** In which the trainers send their updates. */
    private static final int ENOUGH_MS = 1_000;

    @Override
    public String id() {
        return "outage-past-deadline";
    }

    @Override
    public List<String> settings() {
        return List.of("deadline=" + DEADLINE_MS + "ms", "quorum=1");
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws InterruptedException {
        federation.awaitNextRound();
        federation.aggregator().close();
        Thread.sleep(ENOUGH_MS);
        federation.cluster().killBroker(1);
        federation.cluster().killRegistry();
        Thread.sleep(DEADLINE_MS + random.nextInt(1_000));
        long started = System.currentTimeMillis();
        federation.cluster().startBroker(1);
        federation.cluster().startRegistry();
        federation.cluster().awaitBroker(1);
        federation.cluster().awaitRegistry();
        federation.startAggregator();
        return started;
    }
}
