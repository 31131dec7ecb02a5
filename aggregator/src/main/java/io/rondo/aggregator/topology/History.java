package io.rondo.aggregator.topology;

import java.util.function.Consumer;

/** What stands in the log already: read by a task that starts, since its own memory is only a cache of it. */
public interface History {

    /**
     * Gives every committed record of a partition from an offset on to the consumer, up to the end as of the call,
     * transactions included whose markers are still under way.
     */
    void read(String topic, int partition, long from, Consumer<LogEntry> entries);
}
