package io.rondo.e2e.kill;

import java.util.SplittableRandom;

/** SIGKILL at a random moment, and at once another start. */
final class AggregatorKilled implements Fault {
    @Override
    public String id() {
        return "aggregator-killed";
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) {
        federation.aggregator().close();
        long killed = System.currentTimeMillis();
        federation.startAggregator();
        return killed;
    }
}
