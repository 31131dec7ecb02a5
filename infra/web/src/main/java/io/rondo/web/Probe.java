package io.rondo.web;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.SchemaTransfer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
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

    private final ScheduledFuture<?> checks;

    private Probe(LogConnection connection, Health health) {
        this.admin = connection.admin();
        this.registry = connection.schemaTransfer();
        health.expect("broker").expect("registry");
        this.checks = thread.scheduleWithFixedDelay(() -> check(health), 0, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    static Probe start(LogConnection connection, Health health) {
        return new Probe(connection, health);
    }

    private void check(Health health) {
        health.note("broker", broker());
        health.note("registry", registry());
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
        checks.cancel(true);
        thread.shutdownNow();
        admin.close(Duration.ofSeconds(1));
    }
}
