package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.client.LogConnection;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;

/** Which topics there are. A broker learns of a deletion some time after the controller has confirmed it. */
final class TopicNames {
    private static final long PATIENCE_S = 60;
    private static final long PAUSE_MS = 50;

    private TopicNames() {}

    /** Deletes topics and waits until they are gone. */
    static void delete(LogConnection cluster, Collection<String> topics) throws Exception {
        try (Admin admin = cluster.admin()) {
            admin.deleteTopics(topics).all().get();
        }
        await(cluster, names -> topics.stream().noneMatch(names::contains));
    }

    /** Waits until this holds for the names of all topics. */
    static void await(LogConnection cluster, Predicate<Set<String>> condition) throws Exception {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        try (Admin admin = cluster.admin()) {
            Set<String> names = admin.listTopics().names().get();
            while (!condition.test(names)) {
                assertThat(System.nanoTime()).as("the topics are %s", names).isLessThan(giveUp);
                Thread.sleep(PAUSE_MS);
                names = admin.listTopics().names().get();
            }
        }
    }
}
