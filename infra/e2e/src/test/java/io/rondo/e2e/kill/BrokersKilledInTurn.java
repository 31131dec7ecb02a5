package io.rondo.e2e.kill;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;

/** SIGKILL of one of three brokers after the other, each back a while later and in sync before the next. */
final class BrokersKilledInTurn implements Fault {
    private int turn;

    @Override
    public String id() {
        return "brokers-killed-in-turn";
    }

    @Override
    public Arena arena() {
        return Arena.THREE_BROKERS;
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws InterruptedException {
        int broker = 1 + turn++ % federation.cluster().brokers();
        federation.cluster().killBroker(broker);
        long killed = System.currentTimeMillis();
        federation.awaitRecovery(killed);
        Thread.sleep(random.nextInt(1_000));
        federation.cluster().startBroker(broker);
        federation.cluster().awaitBroker(broker);
        return killed;
    }

    @Override
    public void settle(Federation federation) throws InterruptedException {
        try (Admin admin = federation.connection().admin()) {
            federation.await(
                    "all replicas in sync",
                    () -> isInSync(admin, federation.cluster().brokers()));
        }
    }

    private static boolean isInSync(Admin admin, int replicas) {
        try {
            Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get().stream()
                    .collect(Collectors.toSet());
            return admin.describeTopics(topics).allTopicNames().get().values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(partition -> partition.isr().size() == replicas);
        } catch (ExecutionException e) {
            // asked of a broker that is not there yet: not in sync, then
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
