package io.rondo.e2e.kill;

import io.rondo.e2e.JavaProcess;
import java.util.SplittableRandom;

/**
 * SIGSTOP of a trainer; another process takes its id, and the first comes back: it has to be told, and to end. Recovery counts from
 * the other's start.
 */
final class TrainerZombie implements Fault {
    @Override
    public String id() {
        return "trainer-zombie";
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws InterruptedException {
        federation.trainer().signal("STOP");
        long started = System.currentTimeMillis();
        try (JavaProcess zombie = federation.replaceTrainer()) {
            federation.awaitRecovery(started);
            federation.awaitRounds(random.nextInt(1, 4));
            zombie.signal("CONT");
            if (zombie.awaitExit() != 1 || !zombie.output().contains("error[trainer-fenced]")) {
                throw new AssertionError("the zombie was not told: " + zombie.output());
            }
        }
        return started;
    }
}
