package io.rondo.aggregator.fold;

import io.rondo.log.AdapterChunk;

/** Reads what folds have published. Safe for any thread. */
public interface AdapterSource {

    /** Receives chunks in the order of the log. */
    interface Sink {
        /** Whether more are wanted. */
        boolean accept(AdapterChunk chunk);
    }

    /**
     * Gives the chunks of a partition of global-adapter to the sink, until it wants no more or none is there.
     *
     * @param from offset of the first one
     */
    void read(int partition, long from, Sink chunks);
}
