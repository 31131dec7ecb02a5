package io.rondo.aggregator;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts an aggregator whose consumer group has no offsets at the ends of its topics. Its tasks read existing records
 * themselves when they start, and skip them when they arrive live. Starting at the beginning would pass all of them through
 * Kafka Streams before the next decision reaches a fold.
 */
public final class GroupOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(GroupOffsets.class);

    private GroupOffsets() {}

    /**
     * Commits the current ends for the partitions that have no offset. Called before the group has a member here, so that
     * later records are read live. A group with members elsewhere is left unchanged: it starts where it must, which takes
     * longer.
     */
    public static void beginAtEnds(LogConnection connection, Admin admin, JobTopics topics) {
        String group = topics.applicationId();
        try {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            List<TopicPartition> without = new ArrayList<>();
            for (Topic topic : List.of(topics.commands(), topics.manifests(), topics.parts(), topics.decisions())) {
                for (int partition = 0; partition < topic.partitions(); partition++) {
                    TopicPartition each = new TopicPartition(topic.name(), partition);
                    if (committed.get(each) == null) {
                        without.add(each);
                    }
                }
            }
            if (without.isEmpty()) {
                return;
            }
            Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
            // nothing after an open transaction is read yet
            LogReader.ends(connection, admin, without, IsolationLevel.READ_COMMITTED)
                    .forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end)));
            admin.alterConsumerGroupOffsets(group, ends).all().get();
        } catch (ExecutionException e) {
            // a cause that also prevents reading is reported there; any other only costs time
            LOG.info(
                    "group {} begins at the offsets that it has: {}",
                    group,
                    e.getCause().getMessage());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
