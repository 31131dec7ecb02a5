package io.rondo.e2e.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;

/**
 * SIGKILL of the aggregator, then its consumer group with all offsets, its changelogs, of which it has none, and its state
 * directory are deleted. Recovery counts from the next start.
 */
final class StateDeleted implements Fault {
    @Override
    public String id() {
        return "state-deleted";
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws Exception {
        federation.aggregator().close();
        String group = federation.topics().applicationId();
        try (Admin admin = federation.connection().admin()) {
            admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get();
            admin.deleteConsumerGroups(List.of(group)).all().get();
            List<String> internal = admin.listTopics().names().get().stream()
                    .filter(topic -> topic.startsWith(group))
                    .toList();
            admin.deleteTopics(internal).all().get();
        }
        delete(federation.aggregatorDirectory());
        long started = System.currentTimeMillis();
        federation.startAggregator();
        return started;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
