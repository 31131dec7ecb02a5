package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.schemas.topic.Topic;

/** A log with a single writer from its first record on. Belongs to one thread. */
public interface BranchLog {

    /**
     * Appends a record.
     *
     * @param key may be null
     * @return its offset
     */
    long append(Topic topic, int partition, byte[] key, byte[] value, long timestamp);

    /** A reader of one partition of the log's round topics, for the thread of a fold. */
    ChunkSource chunks(int partition);
}
