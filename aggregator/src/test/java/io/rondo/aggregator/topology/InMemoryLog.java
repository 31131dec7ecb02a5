package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.History;
import io.rondo.aggregator.log.LogEntry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** What a broker would keep: the history that a restarted task reads. A test appends while folds read on threads of their own. */
final class InMemoryLog implements History {
    private final Map<String, List<LogEntry>> entries = new ConcurrentHashMap<>();

    /** Appends at the partition's next offset. */
    long append(String topic, int partition, long timestamp, byte[] key, byte[] value) {
        List<LogEntry> log = log(topic, partition);
        log.add(new LogEntry(log.size(), timestamp, key, value));
        return log.size() - 1L;
    }

    List<LogEntry> log(String topic, int partition) {
        return entries.computeIfAbsent(topic + "-" + partition, name -> new CopyOnWriteArrayList<>());
    }

    @Override
    public void read(String topic, int partition, long from, Consumer<LogEntry> consumer) {
        log(topic, partition).stream().filter(entry -> entry.offset() >= from).forEach(consumer);
    }
}
