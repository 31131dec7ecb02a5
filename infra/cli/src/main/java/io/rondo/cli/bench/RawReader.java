package io.rondo.cli.bench;

import io.rondo.aggregator.fold.KafkaChunkSource;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The ceiling for a verified fold of one partition: a plain consumer, SHA-256 over each chunk's values, and a float64
 * weighted sum. Knows where a chunk's values lie in a record and nothing else of it: no manifests, no attempts, no checks.
 */
final class RawReader implements RoundReader {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final double WEIGHT = 100;

    private final JobTopics topics;
    private final int partition;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final MessageDigest sha256 = Digests.newSha256();

    RawReader(LogConnection connection, JobTopics topics, int partition) {
        this.topics = topics;
        this.partition = partition;
        this.consumer = new KafkaConsumer<>(KafkaChunkSource.consumerConfig(connection));
    }

    @Override
    public void read(int round) {
        TopicPartition source = new TopicPartition(topics.round(round).name(), partition);
        consumer.assign(List.of(source));
        consumer.seek(source, 0);
        long end = consumer.endOffsets(List.of(source)).get(source);
        Map<Integer, double[]> sums = new HashMap<>();
        float[] scratch = new float[0];
        while (consumer.position(source) < end) {
            for (var record : consumer.poll(POLL)) {
                scratch = add(new RawChunk(record.value()), sums, scratch);
            }
        }
    }

    private float[] add(RawChunk chunk, Map<Integer, double[]> sums, float[] scratch) {
        sha256.update(chunk.record(), chunk.from(), chunk.length());
        if (!Arrays.equals(sha256.digest(), 0, 32, chunk.record(), chunk.digestFrom(), chunk.digestFrom() + 32)) {
            throw new IllegalStateException("chunk " + chunk.ordinal() + " has another digest than it says");
        }
        int count = chunk.length() / Float.BYTES;
        float[] values = scratch.length >= count ? scratch : new float[count];
        ByteBuffer.wrap(chunk.record(), chunk.from(), chunk.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values, 0, count);
        addTo(sums.computeIfAbsent(chunk.ordinal(), key -> new double[count]), values);
        return values;
    }

    private static void addTo(double[] sum, float[] values) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += WEIGHT * values[i];
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
