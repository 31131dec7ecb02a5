package io.rondo.embedded;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.errors.InterruptException;

/**
 * A Kafka broker and a schema registry of one's own, on loopback ports, their data in one directory. They end with this
 * process, whatever ends it, and a later start in the same directory continues with the same log.
 */
public final class EmbeddedCluster implements AutoCloseable {
    private final ClusterDirectory directory;
    private final Broker broker;
    private final Registry registry;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread hook = new Thread(this::stop, "embedded-cluster-stop");

    private EmbeddedCluster(ClusterDirectory directory, Broker broker, Registry registry) {
        this.directory = directory;
        this.broker = broker;
        this.registry = registry;
    }

    /**
     * Starts both in parallel and returns when both answer.
     *
     * @throws RondoException with {@code DIRECTORY_IN_USE}, {@code PORT_IN_USE}, {@code NOT_ENOUGH_MEMORY},
     *     {@code DISK_FULL}, {@code BROKER_FAILED_TO_START}, {@code REGISTRY_FAILED_TO_START} or, where the programs are not
     *     built, {@code COMMAND_NOT_INSTALLED}
     */
    public static EmbeddedCluster start(EmbeddedSettings settings) {
        return start(Programs.find(), settings);
    }

    static EmbeddedCluster start(Programs programs, EmbeddedSettings settings) {
        ClusterDirectory directory = ClusterDirectory.open(settings.directory());
        EmbeddedCluster cluster;
        try {
            cluster = launch(programs, directory, settings);
        } catch (RuntimeException | Error e) {
            directory.close();
            throw e;
        }
        try {
            cluster.awaitReady(new Deadline(settings.patience()));
            if (settings.exit() == EmbeddedSettings.Exit.CLOSE) {
                Runtime.getRuntime().addShutdownHook(cluster.hook);
            }
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * The addresses of a cluster that another process runs in this directory; empty if none does.
     *
     * @throws RondoException with {@code BAD_CONFIG} when the directory cannot be read
     */
    public static Optional<RunningCluster> running(Path directory) {
        return ClusterDirectory.rememberedByAnother(directory)
                .map(known -> new RunningCluster(
                        Ports.HOST + ':' + known.getProperty("broker.port"),
                        Registry.address(known.getProperty("registry.port"))));
    }

    /** Address of the broker, such as {@code 127.0.0.1:41093}. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** Address of the broker for clients that show certificates; empty if it asks for none. */
    public Optional<String> certificateServers() {
        return broker.certificateServers();
    }

    /** Root of the registry's Confluent-compatible interface. */
    public String schemaRegistry() {
        return registry.address();
    }

    /** Stops both and waits until they are gone. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is going down; whoever comes second waits below for nothing
        }
        stop();
    }

    ProcessHandle brokerProcess() {
        return broker.handle();
    }

    ProcessHandle registryProcess() {
        return registry.handle();
    }

    private static EmbeddedCluster launch(Programs programs, ClusterDirectory directory, EmbeddedSettings settings) {
        try {
            Resources.requireDisk(directory.path(), settings.minimumDisk());
            Resources.requireMemory(settings.minimumMemory());
            directory.awaitGone(Broker.NAME);
            directory.awaitGone(Registry.NAME);
            Broker broker = Broker.start(programs, directory, settings.brokerPort(), settings.security());
            try {
                return new EmbeddedCluster(
                        directory, broker, Registry.start(programs, directory, settings.registryPort()));
            } catch (IOException | RuntimeException e) {
                broker.close();
                throw e;
            }
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.BROKER_FAILED_TO_START,
                    "the embedded broker and registry cannot be launched in " + directory.path() + ": "
                            + e.getMessage(),
                    "check that the directory can be written and has room",
                    e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void awaitReady(Deadline deadline) {
        CompletableFuture<Void> registryReady = CompletableFuture.runAsync(() -> {
            try {
                registry.awaitReady(deadline);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        });
        try {
            broker.awaitReady(deadline);
            registryReady.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void stop() {
        if (closed.compareAndSet(false, true)) {
            CompletableFuture<Void> registryGone = CompletableFuture.runAsync(registry::close);
            broker.close();
            registryGone.join();
            directory.close();
        }
    }
}
