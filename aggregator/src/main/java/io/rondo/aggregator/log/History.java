package io.rondo.aggregator.log;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Existing records of the log, which a starting task reads: its memory is only a cache of them. */
public interface History {

    /**
     * Passes every committed record of a partition from an offset on to the consumer, up to the end as of the call. This
     * includes transactions whose markers are not written yet.
     */
    void read(String topic, int partition, long from, Consumer<LogEntry> entries);

    /** The end of a partition's committed records, as of the call. This default reads them all. */
    default long end(String topic, int partition) {
        AtomicLong end = new AtomicLong();
        read(topic, partition, 0, entry -> end.set(entry.offset() + 1));
        return end.get();
    }

    /**
     * Returns the same records one by one. This default keeps them all in memory; an implementation for long histories
     * buffers only a few.
     */
    default LogCursor open(String topic, int partition, long from) {
        Queue<LogEntry> entries = new ArrayDeque<>();
        read(topic, partition, from, entries::add);
        return () -> Optional.ofNullable(entries.poll());
    }
}
