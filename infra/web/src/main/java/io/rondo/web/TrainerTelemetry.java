package io.rondo.web;

import io.rondo.schemas.client.LogConnection;
import io.rondo.trainer.runtime.TrainerListener;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Metrics and health of a trainer. */
public final class TrainerTelemetry implements AutoCloseable {
    private final Metrics metrics;
    private final TrainerMetrics trainerMetrics;
    private final HttpEndpoint endpoint;
    private final Probe probe;

    private TrainerTelemetry(
            LogConnection connection, InetSocketAddress address, String version, String job, String trainer) {
        this.metrics = new Metrics(version);
        this.trainerMetrics = new TrainerMetrics(metrics.registry(), job, trainer);
        Health health = new Health()
                .requireToBeReady(
                        "job",
                        () -> trainerMetrics.hasJoined()
                                ? Optional.empty()
                                : Optional.of("the trainer has not joined its job yet"));
        this.endpoint = HttpEndpoint.start(address, health, metrics);
        this.probe = Probe.start(connection, health);
    }

    public static TrainerTelemetry start(
            LogConnection connection, InetSocketAddress address, String version, String job, String trainer) {
        return new TrainerTelemetry(connection, address, version, job, trainer);
    }

    /** What has to hear of all that the trainer does. */
    public TrainerListener listener() {
        return trainerMetrics;
    }

    public InetSocketAddress address() {
        return endpoint.address();
    }

    @Override
    public void close() {
        endpoint.close();
        probe.close();
        metrics.close();
    }
}
