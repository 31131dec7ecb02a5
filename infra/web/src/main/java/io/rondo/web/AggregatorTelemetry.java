package io.rondo.web;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.rondo.aggregator.AggregatorListener;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.apache.kafka.streams.KafkaStreams;

/** Metrics and health of an aggregator. Hears of the job once it is there. */
public final class AggregatorTelemetry implements AggregatorListener, AutoCloseable {
    private final LogConnection connection;
    private final Health health = new Health();
    private final Metrics metrics;
    private final HttpEndpoint endpoint;
    private final Probe probe;
    private volatile Optional<KafkaStreams> streams = Optional.empty();
    private Optional<DecisionFollower> follower = Optional.empty();
    private Optional<KafkaStreamsMetrics> streamsMetrics = Optional.empty();

    private AggregatorTelemetry(LogConnection connection, InetSocketAddress address, String version) {
        this.connection = connection;
        this.metrics = new Metrics(version);
        health.requireToLive("streams", this::deadStreams).requireToBeReady("streams", this::idleStreams);
        this.endpoint = HttpEndpoint.start(address, health, metrics);
        this.probe = Probe.start(connection, health);
    }

    public static AggregatorTelemetry start(LogConnection connection, InetSocketAddress address, String version) {
        return new AggregatorTelemetry(connection, address, version);
    }

    public InetSocketAddress address() {
        return endpoint.address();
    }

    @Override
    public synchronized void serving(JobTopics topics, KafkaStreams serving) {
        streams = Optional.of(serving);
        JobMetrics job = new JobMetrics(metrics.registry(), topics.job());
        metrics.complete(false);
        DecisionFollower following = new DecisionFollower(connection, topics, job::apply, () -> metrics.complete(true));
        follower = Optional.of(following);
        following.start();
        KafkaStreamsMetrics bound = new KafkaStreamsMetrics(serving, Tags.of("job", topics.job()));
        bound.bindTo(metrics.registry());
        streamsMetrics = Optional.of(bound);
    }

    private Optional<String> deadStreams() {
        return streams.map(KafkaStreams::state)
                .filter(state -> state == KafkaStreams.State.ERROR || state == KafkaStreams.State.PENDING_ERROR)
                .map(state -> "every thread has ended");
    }

    private Optional<String> idleStreams() {
        return streams.map(KafkaStreams::state)
                .map(state ->
                        state == KafkaStreams.State.RUNNING ? Optional.<String>empty() : Optional.of("is " + state))
                .orElse(Optional.of("waits for its job to be submitted"));
    }

    @Override
    public synchronized void close() {
        endpoint.close();
        probe.close();
        follower.ifPresent(DecisionFollower::close);
        streamsMetrics.ifPresent(KafkaStreamsMetrics::close);
        metrics.close();
    }
}
