package io.rondo.aggregator.fold;

import io.rondo.log.TensorChunk;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Reusable memory for the values of kept chunks: new arrays would live just long enough for the garbage collector to copy
 * each of them. Belongs to one thread.
 */
final class ChunkBuffers {
    private final int size;
    private final ArrayDeque<byte[]> free = new ArrayDeque<>();

    /** @param size bytes of a full chunk's values, the size of almost all chunks of a job */
    ChunkBuffers(int size) {
        this.size = size;
    }

    /** The chunk with a copy of its values, to be {@linkplain #giveBack given back}. */
    TensorChunk copy(TensorChunk chunk) {
        ByteBuffer values = chunk.getValues();
        byte[] copy = isWhole(values) && !free.isEmpty() ? free.pop() : new byte[values.remaining()];
        values.duplicate().get(copy);
        return new TensorChunk(
                chunk.getTrainer(),
                chunk.getAttempt(),
                chunk.getRound(),
                chunk.getOrdinal(),
                chunk.getPosition(),
                chunk.getCount(),
                chunk.getDtype(),
                ByteBuffer.wrap(copy),
                chunk.getDigest());
    }

    /** Takes back a copy that is no longer read. */
    void giveBack(TensorChunk copy) {
        if (isWhole(copy.getValues())) {
            free.push(copy.getValues().array());
        }
    }

    /** Releases free memory beyond this many bytes to the garbage collector. */
    void trim(long most) {
        while (!free.isEmpty() && (long) free.size() * size > most) {
            free.pop();
        }
    }

    private boolean isWhole(ByteBuffer values) {
        return values.remaining() == size;
    }
}
