package io.rondo.aggregator.log;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Reads existing records from the brokers; safe for any thread. */
public final class KafkaHistory implements History {
    private final LogConnection connection;

    public KafkaHistory(LogConnection connection) {
        this.connection = connection;
    }

    @Override
    public void read(String topic, int partition, long from, Consumer<LogEntry> entries) {
        try (LogReader reader = LogReader.scanner(connection)) {
            reader.moveTo(Map.of(new TopicPartition(topic, partition), from));
            reader.readToEnd(record -> entries.accept(LogEntry.of(record)));
        }
    }

    @Override
    public long end(String topic, int partition) {
        try (LogReader reader = LogReader.scanner(connection)) {
            return reader.end(new TopicPartition(topic, partition));
        }
    }

    @Override
    public LogCursor open(String topic, int partition, long from) {
        return new KafkaCursor(connection, new TopicPartition(topic, partition), from);
    }
}
