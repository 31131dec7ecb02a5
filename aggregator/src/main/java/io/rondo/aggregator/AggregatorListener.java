package io.rondo.aggregator;

import io.rondo.schemas.topic.JobTopics;
import org.apache.kafka.streams.KafkaStreams;

/** Hears how an aggregator comes up, on the service's thread. */
public interface AggregatorListener {
    /** Hears nothing. */
    AggregatorListener NONE = (topics, streams) -> {};

    /**
     * The job is there, and its Streams application is about to start.
     *
     * @param streams to look at; it stays the service's
     */
    void serving(JobTopics topics, KafkaStreams streams);
}
