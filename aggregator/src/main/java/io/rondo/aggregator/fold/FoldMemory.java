package io.rondo.aggregator.fold;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.HashSet;
import java.util.Set;

/**
 * Divides the heap of a process among its jobs. Two thirds of the heap are for long-lived objects. Of these, each job first
 * gets its minimum: eight bytes for each element of its largest round, and the memory of its clients. The rest, at most a
 * third of the heap, buffers chunks that are read ahead and is divided equally: each new job reduces the shares of the
 * others, and a job that ends returns its share. A share affects how often the log is read, never the result. Safe for any
 * thread.
 */
public final class FoldMemory {
    /** More than this makes no round faster, and memory would grow with the number of trainers. */
    private static final long MOST_STASH = 128L << 20;
    /** For records that all partitions of a process's only job have fetched and not yet added. */
    private static final long FETCHED = 64L << 20;

    private static final int FETCH = 8 << 20;
    private static final long PRODUCER = 64L << 20;

    /** One of several jobs uses smaller fetches, so that many jobs fit: two fetches for each partition are in flight. */
    private static final int FETCH_OF_MANY = 2 << 20;

    private static final long PRODUCER_OF_MANY = 16L << 20;
    /** What the clients, the coordinator and the metrics of one more idle job hold. */
    private static final long CLIENTS_OF_MANY = 8L << 20;

    /** With less, a cohort would be read one chunk at a time even if chunks are small. */
    private static final long LEAST_COHORT = 4L << 20;

    private final long heap;
    private final Set<Share> shares = new HashSet<>();

    /** @param heap the most memory that the JVM takes for objects, in bytes */
    public FoldMemory(long heap) {
        this.heap = heap;
    }

    /** The memory of this JVM. */
    public static FoldMemory ofThisProcess() {
        return new FoldMemory(Runtime.getRuntime().maxMemory());
    }

    /** All memory, for a process with one job. */
    public Share alone() {
        return join(new Share(FETCHED, FETCH, PRODUCER));
    }

    /**
     * A share of the memory, for one of several jobs.
     *
     * @param partitions of the job
     * @throws RondoException with {@code NOT_ENOUGH_MEMORY} when there is no room for one more
     */
    public Share share(int partitions) {
        return join(new Share(CLIENTS_OF_MANY + 2L * partitions * FETCH_OF_MANY, FETCH_OF_MANY, PRODUCER_OF_MANY));
    }

    private synchronized Share join(Share share) {
        shares.add(share);
        requireRoom(share);
        return share;
    }

    private void requireRoom(Share newest) {
        if (room() < 0) {
            shares.remove(newest);
            long others = shares.stream().mapToLong(Share::reserved).sum();
            long needed = (newest.reserved() + others) * 3 / 2;
            throw new RondoException(
                    ErrorCode.NOT_ENOUGH_MEMORY,
                    (newest.elements == 0 ? "one more job does" : "sums of " + newest.elements + " elements do")
                            + " not fit into a heap of " + (heap >> 20) + " MB"
                            + (shares.isEmpty() ? "" : " beside " + shares.size() + " other jobs"),
                    "give this process RONDO_JAVA_OPTS=-Xmx" + ((needed >> 20) + 1) + "m"
                            + (shares.isEmpty() ? "" : ", or serve fewer jobs with it"));
        }
    }

    /** What remains after each job's minimum; below 0 if the jobs do not fit. */
    private long room() {
        return heap / 3 * 2 - shares.stream().mapToLong(Share::reserved).sum();
    }

    private synchronized long part() {
        return shares.isEmpty() ? 0 : Math.max(0, Math.min(heap / 3, room()) / shares.size());
    }

    /** The share of one job. Safe for any thread. */
    public final class Share implements StashMemory, AutoCloseable {
        private final long clients;
        private final int fetch;
        private final long producer;
        private long elements;

        private Share(long clients, int fetch, long producer) {
            this.clients = clients;
            this.fetch = fetch;
            this.producer = producer;
        }

        private long reserved() {
            return clients + elements * Double.BYTES;
        }

        @Override
        public void sum(long most) {
            synchronized (FoldMemory.this) {
                elements = Math.max(elements, most);
                requireRoom(this);
            }
        }

        @Override
        public long bytes() {
            return Math.min(MOST_STASH, part());
        }

        @Override
        public long cohortBytes(int partitions) {
            return Math.max(LEAST_COHORT, Math.min(StashMemory.super.cohortBytes(partitions), bytes() / partitions));
        }

        /** Bytes per fetch and partition of a round topic's reader. */
        public int fetchBytes() {
            return fetch;
        }

        /** Bytes of records that a producer buffers until they are sent. */
        public long producerBytes() {
            return producer;
        }

        /** Returns the share to the other jobs. */
        @Override
        public void close() {
            synchronized (FoldMemory.this) {
                shares.remove(this);
            }
        }
    }
}
