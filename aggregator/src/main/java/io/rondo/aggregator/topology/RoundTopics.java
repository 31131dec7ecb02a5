package io.rondo.aggregator.topology;

import io.rondo.log.JobSpec;

/** Creates round topics ahead of need, without making the caller wait. */
public interface RoundTopics {

    /** Starts the creation of the topics of this round and of some later ones. */
    void prepare(int round);

    /** The job that the rounds belong to: its last round and the size of its chunks. */
    default void use(JobSpec spec) {}

    /**
     * Waits until the topic of a round that is about to open exists; it nearly always does.
     *
     * @throws io.rondo.schemas.error.RondoException with the reason why it cannot be created
     */
    default void require(int round) {}
}
