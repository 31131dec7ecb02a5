package io.rondo.aggregator;

import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import org.apache.kafka.streams.KafkaStreams;

/** Hears how the applications of jobs come up and end, on the thread that serves the job. */
public interface AggregatorListener {
    /** Hears nothing. */
    AggregatorListener NONE = (topics, streams) -> {};

    /**
     * The job is there, and its Streams application is about to start.
     *
     * @param streams to look at; it stays the service's
     */
    void serving(JobTopics topics, KafkaStreams streams);

    /** The job's application has ended, since the job is over or gone, or the service ends. */
    default void left(String job) {}

    /**
     * The job's application has ended with a failure; the others continue.
     *
     * @param pause after which it is started again
     */
    default void failed(String job, RondoException failure, Duration pause) {}

    /** Another process with the same instance id has taken the job over; it is left to that one. */
    default void takenOver(String job) {}
}
