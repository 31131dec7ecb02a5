package io.rondo.e2e.kill;

import java.util.SplittableRandom;

/** SIGKILL of the registry, which stays away for some rounds: what is known goes on. */
final class RegistryKilled implements Fault {
    @Override
    public String id() {
        return "registry-killed";
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws InterruptedException {
        federation.cluster().killRegistry();
        long killed = System.currentTimeMillis();
        federation.awaitRounds(random.nextInt(2, 6));
        federation.cluster().startRegistry();
        return killed;
    }

    @Override
    public void settle(Federation federation) {
        federation.cluster().awaitRegistry();
    }
}
