package io.rondo.aggregator.log;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A cursor over a partition on a cluster. */
final class KafkaCursor implements LogCursor {
    private static final Duration POLL = Duration.ofMillis(100);

    private final TopicPartition source;
    private final LogReader reader;
    private final long end;
    private final Queue<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();

    KafkaCursor(LogConnection connection, TopicPartition source, long from) {
        this(LogReader.scanner(connection), source, from);
    }

    /** @param admin not closed here: the caller does */
    KafkaCursor(LogConnection connection, Admin admin, TopicPartition source, long from) {
        this(LogReader.scanner(connection, admin), source, from);
    }

    private KafkaCursor(LogReader reader, TopicPartition source, long from) {
        this.source = source;
        this.reader = reader;
        reader.moveTo(Map.of(source, from));
        this.end = reader.end(source);
    }

    @Override
    public Optional<LogEntry> next() {
        while (fetched.isEmpty() && reader.position(source) < end) {
            fetched.addAll(reader.poll(POLL));
        }
        return Optional.ofNullable(fetched.poll()).map(LogEntry::of);
    }

    @Override
    public void close() {
        reader.close();
    }
}
