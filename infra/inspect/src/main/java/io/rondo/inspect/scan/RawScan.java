package io.rondo.inspect.scan;

import io.rondo.aggregator.log.KafkaChunkSource;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The ceiling for reading a whole log: plain consumers of all round topics, each of one partition, SHA-256 over each chunk, and a
 * float64 weighted sum. They know where the values lie in a record and nothing else.
 */
public final class RawScan {
    private static final Duration POLL = Duration.ofMillis(200);

    private RawScan() {}

    /** Reads these rounds and tells how many bytes of values it read in a second. */
    public static double bytesPerSecond(LogConnection connection, JobTopics topics, List<Integer> rounds) {
        long start = System.nanoTime();
        int threads = Math.min(topics.partitions(), 2 * Runtime.getRuntime().availableProcessors());
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Long>> partitions = new ArrayList<>();
            for (int i = 0; i < topics.partitions(); i++) {
                int partition = i;
                partitions.add(executor.submit(() -> scan(connection, topics, rounds, partition)));
            }
            long bytes = Futures.await(partitions).stream()
                    .mapToLong(Long::longValue)
                    .sum();
            return bytes / ((System.nanoTime() - start) / 1e9);
        } finally {
            executor.shutdownNow();
        }
    }

    private static long scan(LogConnection connection, JobTopics topics, List<Integer> rounds, int partition) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                connection.consumer(KafkaChunkSource.consumerConfig(connection))) {
            List<TopicPartition> sources = rounds.stream()
                    .map(round -> new TopicPartition(topics.round(round).name(), partition))
                    .toList();
            consumer.assign(sources);
            consumer.seekToBeginning(sources);
            Map<TopicPartition, Long> left = new HashMap<>(consumer.endOffsets(sources));
            left.values().removeIf(end -> end == 0);
            RawSum sum = new RawSum();
            long bytes = 0;
            while (!left.isEmpty()) {
                var records = consumer.poll(POLL);
                for (var record : records) {
                    bytes += sum.add(record.value());
                }
                records.partitions()
                        .forEach(source -> left.computeIfPresent(
                                source, (key, end) -> consumer.position(key) >= end ? null : end));
            }
            return bytes;
        }
    }
}
