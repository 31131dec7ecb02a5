package io.rondo.e2e.kill;

import java.util.SplittableRandom;

/** SIGKILL of the only broker, and at once another start. */
final class BrokerKilled implements Fault {
    @Override
    public String id() {
        return "broker-killed";
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) {
        federation.cluster().killBroker(1);
        long killed = System.currentTimeMillis();
        federation.cluster().startBroker(1);
        return killed;
    }
}
