package io.rondo.aggregator.fold;

import io.rondo.log.TensorChunk;
import java.util.function.Consumer;

/** Reads tensor chunks straight from a round's topic. */
public interface ChunkSource extends AutoCloseable {

    /**
     * Gives every chunk that can be read between two offsets to the consumer, in the order of the log. What lies beyond
     * the end of the partition is not waited for: a chunk was acknowledged before its manifest, so one that is not there
     * is missing, not late.
     *
     * @param first offset of the first record wanted
     * @param last offset of the last one, inclusive
     */
    void read(int round, int partition, long first, long last, Consumer<TensorChunk> chunks);

    @Override
    default void close() {}
}
