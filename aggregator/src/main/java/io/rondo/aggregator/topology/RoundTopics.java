package io.rondo.aggregator.topology;

/** Creates round topics ahead of need, without making the caller wait. */
public interface RoundTopics {

    /** Sees to it that the topics of this round and of some after it are there soon. */
    void prepare(int round);
}
