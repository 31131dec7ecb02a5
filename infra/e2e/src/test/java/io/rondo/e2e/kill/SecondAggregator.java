package io.rondo.e2e.kill;

import io.rondo.e2e.JavaProcess;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.errors.RetriableException;

/**
 * A second instance joins, does its share, and leaves: in order, or by SIGKILL, after which its tasks lie idle for a session's
 * length. Recovery counts from its leaving.
 */
record SecondAggregator(Leaving leaving) implements Fault {
    private static final String INSTANCE = "two";

    enum Leaving {
        STOPPED("TERM"),
        KILLED("KILL");

        private final String signal;

        Leaving(String signal) {
            this.signal = signal;
        }
    }

    @Override
    public String id() {
        return "second-aggregator-" + leaving.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws Exception {
        try (JavaProcess second = federation.startAggregator(INSTANCE);
                Admin admin = federation.connection().admin()) {
            federation.await("work for the second aggregator", () -> hasWork(admin, federation));
            federation.awaitRounds(random.nextInt(1, 4));
            long left = System.currentTimeMillis();
            second.signal(leaving.signal);
            second.awaitExit();
            return left;
        }
    }

    private static boolean hasWork(Admin admin, Federation federation) {
        String group = federation.topics().applicationId();
        try {
            return admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get().members().stream()
                    .filter(SecondAggregator::isSecond)
                    .anyMatch(member -> !member.assignment().topicPartitions().isEmpty());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                return false;
            }
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static boolean isSecond(MemberDescription member) {
        return member.groupInstanceId().filter(id -> id.startsWith(INSTANCE)).isPresent();
    }
}
