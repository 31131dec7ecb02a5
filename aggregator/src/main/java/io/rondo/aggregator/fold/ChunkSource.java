package io.rondo.aggregator.fold;

import io.rondo.log.TensorChunk;

/** Reads tensor chunks straight from a round's topic. */
public interface ChunkSource extends AutoCloseable {

    /** Receives chunks, in the order of the log. */
    interface Sink {
        void accept(long offset, TensorChunk chunk);

        /** Whether there is more to look for; a source may ask now and then, and end early. */
        default boolean wantsMore() {
            return true;
        }
    }

    /** Says what will be read next, before there is anything to read. */
    default void expect(int round, int partition) {}

    /**
     * Gives every chunk that can be read between two offsets to the sink, in the order of the log, and those behind them that
     * came along. What lies beyond the end that the partition has when reading begins is neither waited for nor followed: a chunk was acknowledged before its
     * manifest, so one that is not there is missing, not late.
     *
     * @param first offset of the first record wanted
     * @param last offset of the last one, inclusive
     * @return the offset up to which all records were read, exclusive
     */
    long read(int round, int partition, long first, long last, Sink chunks);

    /**
     * Gives the chunks that have come since to the sink, in the order of the log, without waiting for more; a source that has all it
     * will ever have need not.
     *
     * @param first offset of the first record wanted
     * @return the offset up to which all records were read, exclusive
     */
    default long readAhead(int round, int partition, long first, Sink chunks) {
        return first;
    }

    @Override
    default void close() {}
}
