package io.rondo.aggregator.fold;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;

/**
 * How a process divides its heap: the sums of a job must fit, what is fetched needs some room, and chunks that are read before their
 * turn get of the rest what helps.
 */
final class FoldMemory {
    /** More than this makes no round faster, and would let the memory grow with the trainers. */
    private static final long MOST_STASH = 128L << 20;
    /** For what all partitions have fetched and not yet added. */
    private static final long FETCHED = 64L << 20;

    private final long heap;

    /** @param heap the most memory that the JVM takes for objects, in bytes */
    FoldMemory(long heap) {
        this.heap = heap;
    }

    /**
     * Bytes for chunks that are read before their turn, for all partitions together.
     *
     * @param elements elements of the largest round, each of which has a sum of eight bytes
     * @throws RondoException with {@code NOT_ENOUGH_MEMORY} when the sums alone do not fit
     */
    long stash(long elements) {
        long room = longLived() - FETCHED - elements * Double.BYTES;
        if (room < 0) {
            long needed = (elements * Double.BYTES + FETCHED) * 3 / 2;
            throw new RondoException(
                    ErrorCode.NOT_ENOUGH_MEMORY,
                    "sums of " + elements + " elements do not fit into a heap of " + (heap >> 20) + " MB",
                    "give this process RONDO_JAVA_OPTS=-Xmx" + ((needed >> 20) + 1) + "m");
        }
        return Math.min(Math.min(MOST_STASH, heap / 3), room);
    }

    /** Two thirds of the heap hold objects that stay, the rest is for new ones. */
    private long longLived() {
        return heap / 3 * 2;
    }
}
