package io.rondo.aggregator.fold;

/** How much memory the folds of a job may take for chunks that are read before their turn. Safe for any thread. */
public interface StashMemory {

    /**
     * Says how large the sums are.
     *
     * @param elements of the largest round of the job, each of which has a sum of eight bytes
     * @throws io.rondo.schemas.error.RondoException with {@code NOT_ENOUGH_MEMORY} when they do not fit
     */
    void sum(long elements);

    /** Bytes for all partitions of the job together; may change when other jobs come and go. */
    long bytes();

    /**
     * Bytes of values that one partition's fold holds at a time when it needs all updates of a round, if one chunk of
     * them is not more already.
     *
     * @param partitions of the job
     */
    default long cohortBytes(int partitions) {
        return CohortReader.MOST_BUDGET;
    }

    /** The same amount at all times. */
    static StashMemory of(long bytes) {
        return new StashMemory() {
            @Override
            public void sum(long elements) {
                // a caller that gives an amount has seen to the rest
            }

            @Override
            public long bytes() {
                return bytes;
            }
        };
    }
}
