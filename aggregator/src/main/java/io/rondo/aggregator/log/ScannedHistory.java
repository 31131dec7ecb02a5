package io.rondo.aggregator.log;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Existing records of a cluster's log. Idle readers are reused, so there are as many as concurrent threads and not one for
 * each partition. Safe for any thread.
 */
final class ScannedHistory implements History, AutoCloseable {
    private final LogConnection connection;
    private final Admin admin;
    private volatile Map<TopicPartition, Long> ends = Map.of();
    private final Queue<LogReader> idle = new ConcurrentLinkedQueue<>();

    /** @param admin stays the caller's to close */
    ScannedHistory(LogConnection connection, Admin admin) {
        this.connection = connection;
        this.admin = admin;
    }

    /** From now on, reads these partitions only up to these ends. */
    void endAt(Map<TopicPartition, Long> known) {
        ends = Map.copyOf(known);
    }

    @Override
    public void read(String topic, int partition, long from, Consumer<LogEntry> entries) {
        LogReader waiting = idle.poll();
        LogReader reader = waiting == null ? LogReader.scanner(connection, admin) : waiting;
        try {
            reader.moveTo(Map.of(new TopicPartition(topic, partition), from));
            Long end = ends.get(new TopicPartition(topic, partition));
            Consumer<ConsumerRecord<byte[], byte[]>> each = record -> entries.accept(LogEntry.of(record));
            if (end == null) {
                reader.readToEnd(each);
            } else {
                reader.readTo(Map.of(new TopicPartition(topic, partition), end), each);
            }
        } catch (RuntimeException | Error e) {
            reader.close();
            throw e;
        }
        idle.add(reader);
    }

    /** Closes the readers; none is in use. */
    @Override
    public void close() {
        idle.forEach(LogReader::close);
    }
}
