package io.rondo.web;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.SchemaTransfer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/** Asks broker and registry now and then whether they answer, and notes it. */
final class Probe implements AutoCloseable {
    private static final long PERIOD_SECONDS = 5;
    private static final long PATIENCE_SECONDS = 3;

    private final Admin admin;
    private final SchemaTransfer registry;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread probe = new Thread(work, "health probe");
        probe.setDaemon(true);
        return probe;
    });

    private Probe(LogConnection connection) {
        this.admin = connection.admin();
        this.registry = connection.schemaTransfer();
    }

    static Probe start(LogConnection connection, Health health) {
        health.expect("broker").expect("registry");
        Probe probe = new Probe(connection);
        probe.thread.scheduleWithFixedDelay(
                () -> {
                    health.note("broker", probe.broker());
                    health.note("registry", probe.registry());
                },
                0,
                PERIOD_SECONDS,
                TimeUnit.SECONDS);
        return probe;
    }

    private Optional<String> broker() {
        try {
            admin.describeCluster().controller().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return Optional.empty();
        } catch (TimeoutException e) {
            return Optional.of("no answer within " + PATIENCE_SECONDS + " s");
        } catch (ExecutionException e) {
            return Optional.of(String.valueOf(e.getCause().getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    private Optional<String> registry() {
        try {
            registry.ping();
            return Optional.empty();
        } catch (RondoException e) {
            return Optional.of(e.code().id() + ", " + e.getMessage());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        admin.close(Duration.ofSeconds(1));
    }
}
