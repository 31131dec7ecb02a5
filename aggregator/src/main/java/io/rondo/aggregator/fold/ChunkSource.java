package io.rondo.aggregator.fold;

import io.rondo.log.TensorChunk;

/** Reads tensor chunks directly from a round's topic. */
public interface ChunkSource extends AutoCloseable {

    /** Receives chunks in log order. */
    interface Sink {
        void accept(long offset, TensorChunk chunk);

        /** Whether more chunks are wanted; a source may check this from time to time and stop early. */
        default boolean wantsMore() {
            return true;
        }
    }

    /** Announces what will be read next, before any record exists. */
    default void expect(int round, int partition) {}

    /**
     * Passes every readable chunk between two offsets to the sink, in log order, and also later ones of the same fetch. Does
     * not read or wait past the partition's end at the start of the call: chunks are acknowledged before their manifest, so
     * an absent chunk is missing, not late.
     *
     * @param first offset of the first record wanted
     * @param last offset of the last record, inclusive
     * @return the offset up to which all records were read, exclusive
     */
    long read(int round, int partition, long first, long last, Sink chunks);

    /**
     * Passes newly arrived chunks to the sink, in log order, without waiting for more; a source whose contents never grow
     * need not implement it.
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
