package io.rondo.web;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import java.util.Optional;
import org.apache.kafka.streams.KafkaStreams;

/**
 * What is told of one job of an aggregator. Its decisions are followed for as long as the job is this process's, also
 * while its application is away after a failure: a round that stands still then has to show. Safe for any thread.
 */
final class JobTelemetry implements AutoCloseable {
    private final String job;
    private final Metrics metrics;
    private final DecisionFollower follower;
    private Optional<KafkaStreams> streams = Optional.empty();
    private Optional<KafkaStreamsMetrics> streamsMetrics = Optional.empty();

    JobTelemetry(LogConnection connection, JobTopics topics, Metrics metrics) {
        this.job = topics.job();
        this.metrics = metrics;
        JobMetrics values = new JobMetrics(metrics.registry(), job);
        metrics.reading(job);
        this.follower = new DecisionFollower(connection, topics, values::apply, () -> metrics.read(job));
        follower.start();
    }

    /** The job's application begins. */
    synchronized void serve(KafkaStreams serving) {
        rest();
        streams = Optional.of(serving);
        KafkaStreamsMetrics bound = new KafkaStreamsMetrics(serving, Tags.of("job", job));
        bound.bindTo(metrics.registry());
        streamsMetrics = Optional.of(bound);
        metrics.served(job, () -> serving.state() == KafkaStreams.State.RUNNING);
    }

    /** The job's application has ended. */
    synchronized void rest() {
        metrics.served(job, () -> false);
        streams = Optional.empty();
        streamsMetrics.ifPresent(KafkaStreamsMetrics::close);
        streamsMetrics = Optional.empty();
        metrics.remove(job, "kafka.");
    }

    synchronized Optional<KafkaStreams.State> state() {
        return streams.map(KafkaStreams::state);
    }

    @Override
    public synchronized void close() {
        follower.close();
        rest();
        metrics.forget(job);
    }
}
