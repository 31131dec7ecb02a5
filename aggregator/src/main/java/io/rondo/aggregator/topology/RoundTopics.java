package io.rondo.aggregator.topology;

import io.rondo.log.JobSpec;

/** Creates round topics ahead of need, without making the caller wait. */
public interface RoundTopics {

    /** Sees to it that the topics of this round and of some after it are there soon. */
    void prepare(int round);

    /** The job that the rounds belong to: its last round and the size of its chunks. */
    default void use(JobSpec spec) {}

    /**
     * Waits until the topic of a round that is about to be opened is there; it nearly always is.
     *
     * @throws io.rondo.schemas.error.RondoException with the reason why it cannot be created
     */
    default void require(int round) {}
}
