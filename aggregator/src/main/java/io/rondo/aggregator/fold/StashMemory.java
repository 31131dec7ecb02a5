package io.rondo.aggregator.fold;

/** How much memory the folds of a job may use for chunks that are read ahead. Safe for any thread. */
public interface StashMemory {

    /**
     * Reports the size of the sums.
     *
     * @param elements of the largest round of the job, each of which has a sum of eight bytes
     * @throws io.rondo.schemas.error.RondoException with {@code NOT_ENOUGH_MEMORY} when they do not fit
     */
    void sum(long elements);

    /** Bytes for all partitions of the job together; may change when other jobs start or end. */
    long bytes();

    /**
     * Bytes of values that one partition's fold holds at a time when it needs all updates of a round, unless one chunk of
     * them is already larger.
     *
     * @param partitions of the job
     */
    default long cohortBytes(int partitions) {
        return CohortReader.MOST_BUDGET;
    }

    /** A fixed amount. */
    static StashMemory of(long bytes) {
        return new StashMemory() {
            @Override
            public void sum(long elements) {
                // a caller that sets an amount has checked that the sums fit
            }

            @Override
            public long bytes() {
                return bytes;
            }
        };
    }
}
