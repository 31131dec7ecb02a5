package io.rondo.web;

import io.rondo.aggregator.AggregatorListener;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.streams.KafkaStreams;

/** Metrics and health of an aggregator, of one job or of many. Hears of each job once it is there. */
public final class AggregatorTelemetry implements AggregatorListener, AutoCloseable {
    private final LogConnection connection;
    private final Health health = new Health();
    private final Metrics metrics;
    private final HttpEndpoint endpoint;
    private final Probe probe;
    private final Map<String, JobTelemetry> jobs = new ConcurrentSkipListMap<>();
    /** Why jobs are not served here now. */
    private final Map<String, String> away = new ConcurrentHashMap<>();

    private AggregatorTelemetry(LogConnection connection, InetSocketAddress address, String version) {
        this.connection = connection;
        this.metrics = new Metrics(version);
        this.endpoint = HttpEndpoint.start(address, health, metrics);
        this.probe = Probe.start(connection, health);
    }

    /** Of an aggregator of one job: ready with its job, and not alive any more when the job's application has ended. */
    public static AggregatorTelemetry start(LogConnection connection, InetSocketAddress address, String version) {
        AggregatorTelemetry telemetry = new AggregatorTelemetry(connection, address, version);
        telemetry
                .health
                .requireToLive("streams", telemetry::deadStreams)
                .requireToBeReady("streams", telemetry::idleStreams);
        return telemetry;
    }

    /**
     * Of an aggregator of many jobs: ready when each job that there is runs, and without any; a job that ends is
     * started again.
     */
    public static AggregatorTelemetry startOfMany(LogConnection connection, InetSocketAddress address, String version) {
        AggregatorTelemetry telemetry = new AggregatorTelemetry(connection, address, version);
        telemetry.health.requireEachToBeReady(telemetry::problems);
        return telemetry;
    }

    public InetSocketAddress address() {
        return endpoint.address();
    }

    @Override
    public void serving(JobTopics topics, KafkaStreams serving) {
        away.remove(topics.job());
        jobs.computeIfAbsent(topics.job(), job -> new JobTelemetry(connection, topics, metrics))
                .serve(serving);
    }

    @Override
    public void failed(String job, RondoException failure, Duration pause) {
        away(job, failure.code().id() + ", starts again at " + Instant.now().plus(pause));
    }

    @Override
    public void takenOver(String job) {
        away(job, "another process with the same instance id has taken it over");
    }

    private void away(String job, String why) {
        away.put(job, why);
        metrics.served(job, () -> false);
        JobTelemetry telemetry = jobs.get(job);
        if (telemetry != null) {
            telemetry.rest();
        }
    }

    @Override
    public void left(String job) {
        away.remove(job);
        JobTelemetry telemetry = jobs.remove(job);
        if (telemetry != null) {
            telemetry.close();
        }
        metrics.forget(job);
    }

    private Optional<String> deadStreams() {
        return only().filter(state -> state == KafkaStreams.State.ERROR || state == KafkaStreams.State.PENDING_ERROR)
                .map(state -> "every thread has ended");
    }

    private Optional<String> idleStreams() {
        return only().map(state ->
                        state == KafkaStreams.State.RUNNING ? Optional.<String>empty() : Optional.of("is " + state))
                .orElse(Optional.of("waits for its job to be submitted"));
    }

    private Optional<KafkaStreams.State> only() {
        return jobs.values().stream().findFirst().flatMap(JobTelemetry::state);
    }

    private Map<String, String> problems() {
        Map<String, String> problems = new TreeMap<>();
        jobs.forEach((job, telemetry) -> telemetry
                .state()
                .filter(state -> state != KafkaStreams.State.RUNNING)
                .ifPresent(state -> problems.put("job " + job, "is " + state)));
        away.forEach((job, why) -> problems.put("job " + job, why));
        return problems;
    }

    @Override
    public void close() {
        endpoint.close();
        probe.close();
        jobs.values().forEach(JobTelemetry::close);
        metrics.close();
    }
}
