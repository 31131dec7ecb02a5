package io.rondo.aggregator.fold;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.HashSet;
import java.util.Set;

/**
 * How a process divides its heap among the jobs that it serves. Two thirds of it hold objects that stay. Of these,
 * each job first gets what it cannot do without: eight bytes for each element of its largest round, and room for what
 * its clients hold. What is left serves to read chunks before their turn, at most a third of the heap in all, and is
 * divided equally: a job that comes later makes the parts of the others smaller, and one that goes gives its part
 * back. A part bounds how often the log is read, never what is found. Safe for any thread.
 */
public final class FoldMemory {
    /** More than this makes no round faster, and would let the memory grow with the trainers. */
    private static final long MOST_STASH = 128L << 20;
    /** For what all partitions of a job that is alone have fetched and not yet added. */
    private static final long FETCHED = 64L << 20;

    private static final int FETCH = 8 << 20;
    private static final long PRODUCER = 64L << 20;

    /** A job among others fetches less at a time, so that many fit: two fetches for each partition are under way. */
    private static final int FETCH_OF_MANY = 2 << 20;

    private static final long PRODUCER_OF_MANY = 16L << 20;
    /** What the clients, the coordinator and the metrics of one more job hold while it stands still. */
    private static final long CLIENTS_OF_MANY = 8L << 20;

    /** With less a cohort would be read chunk by chunk, however small they are. */
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

    /** The whole of it, for a process with one job. */
    public Share alone() {
        return join(new Share(FETCHED, FETCH, PRODUCER));
    }

    /**
     * A part of it, for one of several jobs.
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

    /** What is left when each job has what it needs; below 0 if it does not fit. */
    private long room() {
        return heap / 3 * 2 - shares.stream().mapToLong(Share::reserved).sum();
    }

    private synchronized long part() {
        return shares.isEmpty() ? 0 : Math.max(0, Math.min(heap / 3, room()) / shares.size());
    }

    /** The part of one job. Safe for any thread. */
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

        /** Bytes that a reader of a round's topic fetches of a partition at a time. */
        public int fetchBytes() {
            return fetch;
        }

        /** Bytes of records that a producer keeps until they are sent. */
        public long producerBytes() {
            return producer;
        }

        /** Leaves it to the other jobs. */
        @Override
        public void close() {
            synchronized (FoldMemory.this) {
                shares.remove(this);
            }
        }
    }
}
