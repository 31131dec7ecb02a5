package io.rondo.aggregator.log;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads what stands in the log from the brokers; safe for any thread. */
public final class KafkaHistory implements History {
    private final LogConnection connection;

    public KafkaHistory(LogConnection connection) {
        this.connection = connection;
    }

    @Override
    public void read(String topic, int partition, long from, Consumer<LogEntry> entries) {
        try (LogReader reader = LogReader.scanner(connection)) {
            reader.moveTo(Map.of(new TopicPartition(topic, partition), from));
            reader.readToEnd(record -> entries.accept(entry(record)));
        }
    }

    @Override
    public Cursor open(String topic, int partition, long from) {
        return new KafkaCursor(connection, new TopicPartition(topic, partition), from);
    }

    private static LogEntry entry(ConsumerRecord<byte[], byte[]> record) {
        return new LogEntry(record.offset(), record.timestamp(), record.key(), record.value());
    }

    private static final class KafkaCursor implements Cursor {
        private static final Duration POLL = Duration.ofMillis(100);

        private final TopicPartition source;
        private final LogReader reader;
        private final long end;
        private final Queue<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();

        KafkaCursor(LogConnection connection, TopicPartition source, long from) {
            this.source = source;
            this.reader = LogReader.scanner(connection);
            reader.moveTo(Map.of(source, from));
            this.end = reader.end(source);
        }

        @Override
        public Optional<LogEntry> next() {
            while (fetched.isEmpty() && reader.position(source) < end) {
                fetched.addAll(reader.poll(POLL));
            }
            return Optional.ofNullable(fetched.poll()).map(KafkaHistory::entry);
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
