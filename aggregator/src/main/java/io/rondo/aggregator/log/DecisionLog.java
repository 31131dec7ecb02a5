package io.rondo.aggregator.log;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The decisions of a job, in their order. Every partition holds all of them, so one is read. Used by one thread. */
public final class DecisionLog implements AutoCloseable {
    private final String topic;
    private final RecordCodec codec;
    private final LogReader reader;
    private long next;

    /** Starts at the beginning; the caller still closes the codec. */
    public DecisionLog(LogConnection connection, RecordCodec codec, JobTopics topics) {
        this(connection, codec, topics, 0);
    }

    /** @param from what {@link #next()} of an earlier instance returned; the caller still closes the codec */
    public DecisionLog(LogConnection connection, RecordCodec codec, JobTopics topics, long from) {
        this.next = from;
        this.topic = topics.decisions().name();
        this.codec = codec;
        this.reader = LogReader.open(connection, Map.of(new TopicPartition(topic, 0), from));
    }

    /** Passes on all decisions made so far. */
    public void readToEnd(Consumer<SpecificRecord> decisions) {
        reader.readToEnd(record -> hand(record, decisions));
    }

    /** Passes on the next decisions; waits up to the timeout if there are none. */
    public void poll(Duration timeout, Consumer<SpecificRecord> decisions) {
        reader.poll(timeout).forEach(record -> hand(record, decisions));
    }

    /** The offset after the last decision that was passed on. */
    public long next() {
        return next;
    }

    private void hand(ConsumerRecord<byte[], byte[]> record, Consumer<SpecificRecord> decisions) {
        decisions.accept(codec.require(topic, record.value(), SpecificRecord.class));
        next = record.offset() + 1;
    }

    @Override
    public void close() {
        reader.close();
    }
}
