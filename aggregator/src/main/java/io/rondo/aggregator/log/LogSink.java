package io.rondo.aggregator.log;

import io.rondo.schemas.topic.Topic;

/** Takes the records that an aggregator writes, in their order. */
public interface LogSink {

    /** @param key may be null */
    void append(Topic topic, int partition, byte[] key, byte[] value, long timestamp);
}
