package io.rondo.aggregator;

import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import org.apache.kafka.streams.KafkaStreams;

/** Notified when the applications of jobs start and end, on the thread that serves the job. */
public interface AggregatorListener {
    /** Ignores all notifications. */
    AggregatorListener NONE = (topics, streams) -> {};

    /**
     * The job exists, and its Streams application is about to start.
     *
     * @param streams for inspection only; the service owns it
     */
    void serving(JobTopics topics, KafkaStreams streams);

    /** The job's application has ended because the job is over or deleted, or the service is stopping. */
    default void left(String job) {}

    /**
     * The job's application has ended with a failure; the others continue.
     *
     * @param pause time until it is started again
     */
    default void failed(String job, RondoException failure, Duration pause) {}

    /** Another process with the same instance id has taken over the job and keeps it. */
    default void takenOver(String job) {}
}
