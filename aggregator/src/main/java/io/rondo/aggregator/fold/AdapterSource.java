package io.rondo.aggregator.fold;

import io.rondo.log.AdapterChunk;

/** Reads the chunks that folds have published. Safe for any thread. */
public interface AdapterSource {

    /** Receives chunks in log order. */
    interface Sink {
        /** Whether more are wanted. */
        boolean accept(AdapterChunk chunk);
    }

    /**
     * Passes the chunks of a partition of global-adapter to the sink, until it wants no more or the end is reached.
     *
     * @param from offset of the first chunk
     */
    void read(int partition, long from, Sink chunks);
}
