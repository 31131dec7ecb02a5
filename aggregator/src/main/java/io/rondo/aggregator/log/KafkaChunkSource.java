package io.rondo.aggregator.log;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads round topics by assign and seek: no group, no rebalance, and a deleted old round does no harm. Reads uncommitted
 * records: trainers use no transactions, and digests show what is intact. Not thread-safe.
 */
public final class KafkaChunkSource implements ChunkSource {
    /** How long to wait for records that may not be there. */
    private static final Duration POLL = Duration.ofMillis(50);

    private static final int FETCH = 8 << 20;

    /** A range that takes more polls may have been crafted to be endless. */
    private static final int POLLS_WITHOUT_END = 16;

    private final JobTopics topics;
    private final RecordCodec codec;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private TopicPartition assigned;
    private long next;

    public KafkaChunkSource(LogConnection connection, JobTopics topics, RecordCodec codec) {
        this(connection, topics, codec, FETCH);
    }

    /** @param fetchBytes bytes per fetch */
    public KafkaChunkSource(LogConnection connection, JobTopics topics, RecordCodec codec, int fetchBytes) {
        this.topics = topics;
        this.codec = codec;
        Map<String, Object> config = consumerConfig(connection);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, fetchBytes);
        this.consumer = connection.consumer(config);
    }

    /** Consumer settings that read a round's topic fast. A benchmark's upper bound for folding must use the same ones. */
    public static Map<String, Object> consumerConfig(LogConnection connection) {
        Map<String, Object> config = new HashMap<>(connection.scannerConfig());
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        // the defaults wait for data that never arrives and fetch 1 MB at a time: a twentieth of the speed
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH);
        return config;
    }

    @Override
    public void expect(int round, int partition) {
        TopicPartition source = assign(round, partition);
        if (next < 0) {
            consumer.seek(source, 0);
            next = 0;
            // asks for the topic's metadata, and neither waits for them nor fetches
            consumer.pause(List.of(source));
            consumer.poll(Duration.ZERO);
        }
    }

    private TopicPartition assign(int round, int partition) {
        TopicPartition source = new TopicPartition(topics.round(round).name(), partition);
        if (!source.equals(assigned)) {
            consumer.assign(List.of(source));
            assigned = source;
            next = -1;
        }
        return source;
    }

    private TopicPartition goTo(int round, int partition, long first) {
        TopicPartition source = assign(round, partition);
        consumer.resume(List.of(source));
        // a seek would discard prefetched records
        if (next != first) {
            consumer.seek(source, first);
            next = first;
        }
        return source;
    }

    @Override
    public long read(int round, int partition, long first, long last, Sink chunks) {
        TopicPartition source = goTo(round, partition, first);
        long end = Long.MAX_VALUE;
        int polls = 0;
        while (next <= last && next < end && chunks.wantsMore()) {
            ConsumerRecords<byte[], byte[]> records;
            try {
                records = consumer.poll(POLL);
            } catch (OffsetOutOfRangeException e) {
                long begin = consumer.beginningOffsets(List.of(source)).get(source);
                if (next >= begin) {
                    return leave(first);
                }
                consumer.seek(source, begin);
                next = begin;
                continue;
            }
            records.forEach(record -> ChunkRecords.give(record, codec, chunks));
            next = consumer.position(source);
            polls++;
            // read once: others may keep writing, and chunks acknowledged before their manifest are below this end
            if (end == Long.MAX_VALUE && (records.isEmpty() || polls == POLLS_WITHOUT_END)) {
                end = consumer.endOffsets(List.of(source)).get(source);
            }
        }
        return next;
    }

    @Override
    public long readAhead(int round, int partition, long first, Sink chunks) {
        TopicPartition source = goTo(round, partition, first);
        try {
            consumer.poll(Duration.ZERO).forEach(record -> ChunkRecords.give(record, codec, chunks));
        } catch (OffsetOutOfRangeException e) {
            return leave(first);
        }
        next = consumer.position(source);
        return next;
    }

    /** A range beyond the end of the log is empty: the next read seeks again. */
    private long leave(long first) {
        assigned = null;
        return first;
    }

    /** The end offset of a partition of global-adapter: a lower bound of the next record's offset. */
    public LongSupplier adapterEnd(int partition) {
        TopicPartition adapter = new TopicPartition(topics.globalAdapter().name(), partition);
        return () -> consumer.endOffsets(List.of(adapter)).get(adapter);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
