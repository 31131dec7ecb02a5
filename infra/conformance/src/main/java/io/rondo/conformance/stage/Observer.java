package io.rondo.conformance.stage;

import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads what is in the log, committed or not: follows {@code manifests}, and reads other topics from their beginning. */
final class Observer implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(20);

    private final Cluster cluster;
    private final KafkaConsumer<byte[], byte[]> follower;
    private final KafkaConsumer<byte[], byte[]> scanner;
    private final TopicPartition partition;
    private final List<Entry<SpecificRecord>> manifests = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();

    Observer(Cluster cluster, JobTopics topics) {
        this.cluster = cluster;
        Map<String, Object> config = new HashMap<>(cluster.connection().scannerConfig());
        config.put("isolation.level", "read_uncommitted");
        this.follower = cluster.connection().consumer(config);
        this.scanner = cluster.connection().consumer(config);
        this.partition = new TopicPartition(topics.manifests().name(), 0);
        follower.assign(List.of(partition));
        follower.seek(partition, 0);
    }

    /** Takes what is new on {@code manifests}. */
    void follow() {
        follower.poll(POLL).forEach(raw -> decode(raw, manifests));
    }

    /** Takes everything on {@code manifests} up to its end as of this call. */
    void followToEnd() {
        long end = follower.endOffsets(List.of(partition)).get(partition);
        while (follower.position(partition) < end) {
            follow();
        }
    }

    /** What was seen on {@code manifests} so far. */
    List<Entry<SpecificRecord>> manifests() {
        return manifests;
    }

    /** Values on {@code manifests} and in round topics that are no records of the log. */
    List<String> unreadable() {
        return unreadable;
    }

    /** Every record of a topic up to its end as of this call. */
    List<ConsumerRecord<byte[], byte[]>> scan(String topic, int partitions) {
        List<TopicPartition> assigned = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        scanner.assign(assigned);
        scanner.seekToBeginning(assigned);
        Map<TopicPartition, Long> ends = scanner.endOffsets(assigned);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (assigned.stream().anyMatch(partition -> scanner.position(partition) < ends.get(partition))) {
            scanner.poll(POLL).forEach(records::add);
        }
        return records;
    }

    /** How many offsets of a topic hold no record: the marks of transactions. */
    long marks(String topic, int partitions) {
        List<TopicPartition> assigned = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        long records = scan(topic, partitions).size();
        long ends = scanner.endOffsets(assigned).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        long begins = scanner.beginningOffsets(assigned).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return ends - begins - records;
    }

    /** The records of a topic that can be read. */
    List<Entry<SpecificRecord>> read(String topic, int partitions) {
        List<Entry<SpecificRecord>> entries = new ArrayList<>();
        scan(topic, partitions).forEach(raw -> decode(raw, entries));
        return entries;
    }

    private void decode(ConsumerRecord<byte[], byte[]> raw, List<Entry<SpecificRecord>> entries) {
        Decoded decoded = cluster.codec().decode(raw.topic(), raw.value());
        if (decoded instanceof Decoded.Readable readable) {
            entries.add(new Entry<>(raw, readable.record()));
        } else if (decoded instanceof Decoded.Unreadable bad) {
            unreadable.add("offset %d of %s: %s, %s"
                    .formatted(raw.offset(), raw.topic(), bad.reason().id(), bad.detail()));
        }
    }

    @Override
    public void close() {
        follower.close(CloseOptions.timeout(Duration.ZERO));
        scanner.close(CloseOptions.timeout(Duration.ZERO));
    }
}
