package io.rondo.cli.job;

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

    /** Starts at the beginning; the codec stays the caller's to close. */
    public DecisionLog(LogConnection connection, RecordCodec codec, JobTopics topics) {
        this.topic = topics.decisions().name();
        this.codec = codec;
        this.reader = LogReader.open(connection, Map.of(new TopicPartition(topic, 0), 0L));
    }

    /** Hands on all decisions made until now. */
    public void readToEnd(Consumer<SpecificRecord> decisions) {
        reader.readToEnd(record -> decisions.accept(decoded(record)));
    }

    /** Hands on the next decisions, and waits for some. */
    public void poll(Duration timeout, Consumer<SpecificRecord> decisions) {
        reader.poll(timeout).forEach(record -> decisions.accept(decoded(record)));
    }

    private SpecificRecord decoded(ConsumerRecord<byte[], byte[]> record) {
        return codec.require(topic, record.value(), SpecificRecord.class);
    }

    @Override
    public void close() {
        reader.close();
    }
}
