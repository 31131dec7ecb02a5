package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.History;
import io.rondo.aggregator.log.LogCursor;
import io.rondo.aggregator.log.LogEntry;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** What a broker would keep: the history that a restarted task reads. A test appends while folds read on threads of their own. */
final class InMemoryLog implements History {
    private final Map<String, List<LogEntry>> entries = new ConcurrentHashMap<>();
    private final AtomicInteger mostRead = new AtomicInteger();

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
        List<LogEntry> read = log(topic, partition).stream()
                .filter(entry -> entry.offset() >= from)
                .toList();
        mostRead.accumulateAndGet(read.size(), Math::max);
        read.forEach(consumer);
    }

    @Override
    public long end(String topic, int partition) {
        return log(topic, partition).size();
    }

    @Override
    public LogCursor open(String topic, int partition, long from) {
        Iterator<LogEntry> entries = log(topic, partition).stream().skip(from).iterator();
        return () -> entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
    }

    /** How many records the longest read passed on. */
    int mostRead() {
        return mostRead.get();
    }
}
