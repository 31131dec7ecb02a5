package io.rondo.e2e.kill;

import java.util.SplittableRandom;

/** SIGKILL while a thread of the aggregator stands at a named point, and at once another start. */
record AggregatorKilledAt(KillPoint point) implements Fault {
    @Override
    public String id() {
        return "aggregator-killed-" + point.id();
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws InterruptedException {
        federation.killSwitch().arm(point);
        federation.killSwitch().awaitReached();
        federation.aggregator().close();
        long killed = System.currentTimeMillis();
        federation.startAggregator();
        return killed;
    }
}
