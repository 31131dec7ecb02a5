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
 * Reads round topics by assign and seek: no group, no rebalance, and a deleted old round hurts nobody. Reads uncommitted
 * records, since trainers use no transactions and digests decide what is sound. Not thread-safe.
 */
public final class KafkaChunkSource implements ChunkSource {
    /** How long to wait for records that may not be there. */
    private static final Duration POLL = Duration.ofMillis(50);

    private static final int FETCH = 8 << 20;

    /** A range that takes more polls may have been made to have no end. */
    private static final int POLLS_WITHOUT_END = 16;

    private final JobTopics topics;
    private final RecordCodec codec;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private TopicPartition assigned;
    private long next;

    public KafkaChunkSource(LogConnection connection, JobTopics topics, RecordCodec codec) {
        this(connection, topics, codec, FETCH);
    }

    /** @param fetchBytes bytes that are fetched at a time */
    public KafkaChunkSource(LogConnection connection, JobTopics topics, RecordCodec codec, int fetchBytes) {
        this.topics = topics;
        this.codec = codec;
        Map<String, Object> config = consumerConfig(connection);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, fetchBytes);
        this.consumer = connection.consumer(config);
    }

    /** How a round's topic is read fast; a ceiling that a fold is measured against has to read it so too. */
    public static Map<String, Object> consumerConfig(LogConnection connection) {
        Map<String, Object> config = new HashMap<>(connection.scannerConfig());
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        // the defaults wait for data that is not coming and fetch 1 MB at a time: a twentieth of the speed
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
        // a seek would throw away what was fetched ahead
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
            // asked once: others may write on and on, and what was acknowledged before its manifest is below this end
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

    /** A range beyond the end of the log, which holds nothing: the next read seeks again. */
    private long leave(long first) {
        assigned = null;
        return first;
    }

    /** The end of a partition of global-adapter: a lower bound of what is written to it next. */
    public LongSupplier adapterEnd(int partition) {
        TopicPartition adapter = new TopicPartition(topics.globalAdapter().name(), partition);
        return () -> consumer.endOffsets(List.of(adapter)).get(adapter);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
