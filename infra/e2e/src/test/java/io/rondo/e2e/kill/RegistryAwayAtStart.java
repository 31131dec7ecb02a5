package io.rondo.e2e.kill;

import java.util.SplittableRandom;

/**
 * The aggregator is killed while the registry is away, and starts without the schemas that it knew: it waits. Recovery counts from
 * the registry's start.
 */
final class RegistryAwayAtStart implements Fault {
    private static final int LONGEST_MS = 4_000;

    @Override
    public String id() {
        return "registry-away-at-start";
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws InterruptedException {
        federation.cluster().killRegistry();
        federation.aggregator().close();
        federation.startAggregator();
        Thread.sleep(random.nextInt(LONGEST_MS));
        long started = System.currentTimeMillis();
        federation.cluster().startRegistry();
        federation.cluster().awaitRegistry();
        return started;
    }
}
