package io.rondo.aggregator.log;

import java.util.Optional;

/** Reads one partition record by record, up to its end when the cursor was opened. Belongs to one thread. */
public interface LogCursor extends AutoCloseable {

    /** The next record; empty at the end. */
    Optional<LogEntry> next();

    @Override
    default void close() {}
}
