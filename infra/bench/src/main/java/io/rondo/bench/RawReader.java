package io.rondo.bench;

import io.rondo.aggregator.log.KafkaChunkSource;
import io.rondo.inspect.scan.RawSum;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The ceiling for a verified fold of one partition: a plain consumer, SHA-256 over each chunk's values, and a float64
 * weighted sum. Knows where a chunk's values lie in a record and nothing else of it: no manifests, no attempts, no checks.
 */
final class RawReader implements RoundReader {
    private static final Duration POLL = Duration.ofMillis(200);

    private final JobTopics topics;
    private final int partition;
    private final KafkaConsumer<byte[], byte[]> consumer;

    RawReader(LogConnection connection, JobTopics topics, int partition) {
        this.topics = topics;
        this.partition = partition;
        this.consumer = connection.consumer(KafkaChunkSource.consumerConfig(connection));
    }

    @Override
    public void read(int round) {
        TopicPartition source = new TopicPartition(topics.round(round).name(), partition);
        consumer.assign(List.of(source));
        consumer.seek(source, 0);
        long end = consumer.endOffsets(List.of(source)).get(source);
        RawSum sum = new RawSum();
        while (consumer.position(source) < end) {
            for (var record : consumer.poll(POLL)) {
                sum.add(record.value());
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
