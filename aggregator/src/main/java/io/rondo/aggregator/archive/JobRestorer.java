package io.rondo.aggregator.archive;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.TopicRemover;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.Topic;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Restores an archive into a cluster with its original keys, values, headers, timestamps and offsets. If it fails, the
 * topics that it has created are deleted again.
 */
public final class JobRestorer {
    private static final String TIMESTAMP_TYPE = "message.timestamp.type";

    private final LogConnection connection;
    private final Archive archive;
    private final LongConsumer progress;

    /**
     * The result of a restore.
     *
     * @param ids schemas that got another id from the registry, with that id
     */
    public record Restored(int topics, long records, Map<Integer, Integer> ids) {
        public Restored {
            ids = Map.copyOf(ids);
        }
    }

    /** @param progress receives the bytes of files restored since the last call */
    public JobRestorer(LogConnection connection, Archive archive, LongConsumer progress) {
        this.connection = connection;
        this.archive = archive;
        this.progress = progress;
    }

    /**
     * Restores the archive.
     *
     * @throws RondoException with {@code JOB_EXISTS} when the cluster has a topic of the job, {@code RESTORE_FAILED}, {@code
     *     ARCHIVE_CORRUPT}, or a failure of the broker or the registry
     */
    public Restored restore() {
        List<Topic> topics = archive.topics();
        try (Admin admin = connection.admin()) {
            requireAbsent(admin);
            RestoredSchemas schemas = RestoredSchemas.register(archive, connection.schemaTransfer());
            boolean isDone = false;
            try {
                // a topic with log-append time would overwrite the timestamps
                connection
                        .topicCreator(admin)
                        .ensure(topics.stream()
                                .map(JobRestorer::keepingTimestamps)
                                .toList());
                long records = write(admin, topics, schemas);
                stampAsBefore(admin, topics);
                isDone = true;
                return new Restored(topics.size(), records, schemas.changed());
            } finally {
                if (!isDone) {
                    TopicRemover.remove(admin, topics);
                }
            }
        }
    }

    private void requireAbsent(Admin admin) {
        String prefix = archive.jobTopics().prefix();
        Optional<String> there = await(
                        "list the topics", () -> admin.listTopics().names().get())
                .stream()
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .findFirst();
        if (there.isPresent()) {
            throw new RondoException(
                    ErrorCode.JOB_EXISTS,
                    "the cluster has topics of job '" + archive.index().job() + "', such as " + there.get()
                            + "; nothing was written",
                    "restore to another cluster, or delete the job's topics if they are of no use any more");
        }
    }

    private static Topic keepingTimestamps(Topic topic) {
        Map<String, String> configs = new HashMap<>(topic.configs());
        configs.put(TIMESTAMP_TYPE, "CreateTime");
        return new Topic(topic.name(), topic.partitions(), topic.replication(), configs, topic.records());
    }

    private long write(Admin admin, List<Topic> topics, RestoredSchemas schemas) {
        long records = 0;
        try (PartitionRestore restore =
                new PartitionRestore(connection, admin, archive.jobTopics().applicationId() + ".restore")) {
            for (Topic topic : topics) {
                for (var kept : archive.files(topic)) {
                    records += write(restore, new TopicPartition(topic.name(), kept.partition()), schemas);
                    progress.accept(kept.bytes());
                }
            }
            restore.finish();
        }
        return records;
    }

    private long write(PartitionRestore restore, TopicPartition partition, RestoredSchemas schemas) {
        long records = 0;
        try (PartitionFile file = archive.open(partition.topic(), partition.partition())) {
            Optional<ConsumerRecord<byte[], byte[]>> record = file.next();
            restore.begin(partition, record.map(ConsumerRecord::offset).orElse(0L));
            while (record.isPresent()) {
                ConsumerRecord<byte[], byte[]> current = record.get();
                record = file.next();
                restore.append(
                        schemas.rewritten(current),
                        record.map(ConsumerRecord::offset).orElse(current.offset() + 1));
                records++;
            }
        }
        return records;
    }

    private static void stampAsBefore(Admin admin, List<Topic> topics) {
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        for (Topic topic : topics) {
            String type = topic.configs().get(TIMESTAMP_TYPE);
            if (type != null) {
                changes.put(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                        List.of(new AlterConfigOp(new ConfigEntry(TIMESTAMP_TYPE, type), AlterConfigOp.OpType.SET)));
            }
        }
        await(
                "set " + TIMESTAMP_TYPE,
                () -> admin.incrementalAlterConfigs(changes).all().get());
    }

    private interface Call<T> {
        T get() throws ExecutionException, InterruptedException;
    }

    private static <T> T await(String what, Call<T> call) {
        try {
            return call.get();
        } catch (ExecutionException | KafkaException e) {
            throw new RondoException(
                    ErrorCode.BROKER_REFUSED,
                    "the broker did not " + what + ": " + e.getMessage(),
                    "check the broker and the rights of this user",
                    e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
