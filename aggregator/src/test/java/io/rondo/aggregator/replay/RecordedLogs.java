package io.rondo.aggregator.replay;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.serde.SchemaTransfer;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Recorded jobs for the tests of other packages: as records of a consumer, each of which a test may change. */
public final class RecordedLogs {
    private final MemoryJobLog log;
    private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
    private final Map<Integer, Schema> schemas = new HashMap<>();

    private RecordedLogs(MemoryJobLog log) {
        this.log = log;
        log.logs().forEach((topic, partitions) -> {
            for (int partition = 0; partition < partitions.size(); partition++) {
                TopicPartition source = new TopicPartition(topic, partition);
                partitions.get(source.partition()).forEach(entry -> add(source, entry));
            }
        });
    }

    /** Three rounds with all that may happen to an update; round 2 is the troubled one. */
    public static RecordedLogs threeRounds() {
        return new RecordedLogs(new RecordedJob(TestJob.create())
                .start()
                .evaluate("a", 0)
                .soundRound(1)
                .troubledRound(2)
                .evaluate("b", 2)
                .log());
    }

    private void add(TopicPartition source, LogEntry entry) {
        if (log.codec().decode(source.topic(), entry.value()) instanceof Decoded.Readable readable) {
            schemas.put(
                    SchemaTransfer.id(entry.value()).orElseThrow(),
                    readable.record().getSchema());
        }
        boolean isStamped = source.topic().endsWith(".manifests");
        records.computeIfAbsent(source, key -> new ArrayList<>())
                .add(new ConsumerRecord<>(
                        source.topic(),
                        source.partition(),
                        entry.offset(),
                        entry.timestamp(),
                        isStamped ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                        0,
                        0,
                        entry.key(),
                        entry.value(),
                        new RecordHeaders(),
                        Optional.empty()));
    }

    public JobTopics topics() {
        return log.topics();
    }

    public RecordCodec codec() {
        return log.codec();
    }

    /** The records of a partition, to be changed. */
    public List<ConsumerRecord<byte[], byte[]>> of(TopicPartition partition) {
        return records.computeIfAbsent(partition, key -> new ArrayList<>());
    }

    public Optional<Schema> schema(int id) {
        return Optional.ofNullable(schemas.get(id));
    }
}
