package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.GroupOffsets;
import io.rondo.aggregator.TestJob;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

@WithCluster
class GroupOffsetsIT {
    private static final int ROUNDS = 5;

    private final TestJob job = TestJob.create()
            .with(spec -> spec.setName("offsets-" + UUID.randomUUID().toString().substring(0, 8))
                    .setRules(2)
                    .setMinTrainers(1)
                    .setRounds(100)
                    .setDeadlineMs(600_000));
    private final JobTopics topics = new JobTopics(job.spec().getName(), TestJob.PARTITIONS, 1);

    @Test
    void shouldBeginAtTheEndsWhereNothingIsCommitted(LogConnection cluster) throws Exception {
        long decisions = MadeRounds.write(cluster, job, List.of("a"), ROUNDS);
        try (Admin admin = cluster.admin()) {
            GroupOffsets.beginAtEnds(cluster, admin, topics);

            Map<TopicPartition, OffsetAndMetadata> committed = committed(admin);
            assertThat(committed.keySet())
                    .containsExactlyInAnyOrderElementsOf(offsets(decisions).keySet());
            offsets(decisions).forEach((partition, end) -> assertThat(
                            committed.get(partition).offset())
                    .as(partition.toString())
                    .isEqualTo(end));
        }
    }

    @Test
    void shouldLeaveWhatIsCommitted(LogConnection cluster) throws Exception {
        MadeRounds.write(cluster, job, List.of("a"), ROUNDS);
        TopicPartition manifests = new TopicPartition(topics.manifests().name(), 0);
        try (Admin admin = cluster.admin()) {
            admin.alterConsumerGroupOffsets(topics.applicationId(), Map.of(manifests, new OffsetAndMetadata(3)))
                    .all()
                    .get();

            GroupOffsets.beginAtEnds(cluster, admin, topics);

            assertThat(committed(admin).get(manifests).offset()).isEqualTo(3);
            assertThat(committed(admin)).hasSize(3 + TestJob.PARTITIONS);
        }
    }

    /** By partition how many records there are. */
    private Map<TopicPartition, Long> offsets(long decisions) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        ends.put(new TopicPartition(topics.commands().name(), 0), 1L);
        // the initial update, a join, and of each round an update and an evaluation
        ends.put(new TopicPartition(topics.manifests().name(), 0), 2L + 2 * ROUNDS);
        ends.put(new TopicPartition(topics.parts().name(), 0), (long) TestJob.PARTITIONS * (1 + ROUNDS));
        for (int partition = 0; partition < TestJob.PARTITIONS; partition++) {
            ends.put(new TopicPartition(topics.decisions().name(), partition), decisions);
        }
        return ends;
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets(topics.applicationId())
                .partitionsToOffsetAndMetadata()
                .get();
    }
}
