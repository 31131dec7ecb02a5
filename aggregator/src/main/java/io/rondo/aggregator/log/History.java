package io.rondo.aggregator.log;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;

/** Existing records of the log, which a starting task reads: its own memory is only a cache of them. */
public interface History {

    /**
     * Gives every committed record of a partition from an offset on to the consumer, up to the end as of the call,
     * transactions included whose markers are still under way.
     */
    void read(String topic, int partition, long from, Consumer<LogEntry> entries);

    /**
     * Gives the same one by one. Here all of them are in memory; a history that may be long gives what is committed, and keeps few.
     */
    default LogCursor open(String topic, int partition, long from) {
        Queue<LogEntry> entries = new ArrayDeque<>();
        read(topic, partition, from, entries::add);
        return () -> Optional.ofNullable(entries.poll());
    }
}
