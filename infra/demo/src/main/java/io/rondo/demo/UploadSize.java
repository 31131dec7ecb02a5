package io.rondo.demo;

import io.rondo.aggregator.round.AttemptId;
import io.rondo.log.JobStarted;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.TensorBytes;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What one update weighs in the log.
 *
 * @param bytes keys and values of its chunks and its manifest, as they stand in the topics
 * @param bothFactorsBytes the same for both factors of the adapter, as plain federated LoRA uploads them: A and B, or
 *     VeRA's two vectors
 */
record UploadSize(long bytes, long bothFactorsBytes) {

    /** Reads the chunks of one accepted update. */
    static UploadSize measure(
            LogConnection connection, RecordCodec codec, JobTopics topics, JobStarted job, UpdateManifest update) {
        Topic topic = topics.round(update.getRound());
        Map<TopicPartition, Long> from = new HashMap<>();
        for (int partition = 0; partition < topics.partitions(); partition++) {
            from.put(new TopicPartition(topic.name(), partition), 0L);
        }
        AtomicLong chunks = new AtomicLong();
        try (LogReader reader = LogReader.open(connection, from)) {
            reader.readToEnd(record -> {
                if (codec.decode(topic.name(), record.value()) instanceof Decoded.Readable readable
                        && readable.record() instanceof TensorChunk chunk
                        && AttemptId.of(chunk).equals(AttemptId.of(update))) {
                    chunks.addAndGet(size(record));
                }
            });
        }
        long manifest = codec.encode(topics.manifests().name(), update).length;
        double perValue = update.getElements() > 0
                ? (double) chunks.get() / update.getElements()
                : TensorBytes.width(update.getDtype());
        return new UploadSize(chunks.get() + manifest, Math.round(perValue * factorValues(job)) + manifest);
    }

    private static long size(ConsumerRecord<byte[], byte[]> record) {
        return (record.key() == null ? 0 : record.key().length) + (long) record.value().length;
    }

    private static long factorValues(JobStarted job) {
        return AdapterLayout.fromAvro(job.getLayout()).tensors().stream()
                .filter(tensor -> tensor.role() != TensorRole.HEAD)
                .mapToLong(TensorShape::size)
                .sum();
    }
}
