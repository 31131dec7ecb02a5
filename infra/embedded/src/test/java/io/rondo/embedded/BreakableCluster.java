package io.rondo.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Brokers and a registry, each of which can be killed and started again by itself, with its data and on its ports. A folder
 * for each: {@code broker-1} and so on, {@code registry}. Used by one thread.
 */
public final class BreakableCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Programs programs = Programs.find();
    private final List<ClusterDirectory> directories = new ArrayList<>();
    private final ClusterDirectory registryDirectory;
    private final List<BrokerNode> nodes;
    private final List<Broker> brokers = new ArrayList<>();
    private Registry registry;

    private BreakableCluster(Path directory, int count) throws IOException {
        for (int number = 1; number <= count; number++) {
            directories.add(ClusterDirectory.open(brokerDirectory(directory, number)));
        }
        registryDirectory = ClusterDirectory.open(directory.resolve("registry"));
        nodes = BrokerNode.of(directories, 0);
    }

    /** Starts them all, and returns when they answer. */
    public static BreakableCluster start(Path directory, int brokers) {
        try {
            BreakableCluster cluster = new BreakableCluster(directory, brokers);
            try {
                cluster.startAll();
                return cluster;
            } catch (IOException | RuntimeException e) {
                cluster.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startAll() throws IOException {
        registry = Registry.start(programs, registryDirectory, 0);
        for (int i = 0; i < nodes.size(); i++) {
            brokers.add(Broker.start(programs, directories.get(i), nodes.get(i)));
        }
        for (int number = 1; number <= nodes.size(); number++) {
            awaitBroker(number);
        }
        awaitRegistry();
    }

    /** Where a broker has its data, from 1. */
    public static Path brokerDirectory(Path directory, int number) {
        return directory.resolve("broker-" + number);
    }

    public String bootstrapServers() {
        return nodes.stream().map(node -> Ports.HOST + ':' + node.port()).collect(Collectors.joining(","));
    }

    public String schemaRegistry() {
        return registry.address();
    }

    public int brokers() {
        return nodes.size();
    }

    /** The process of a broker, from 1. */
    public ProcessHandle broker(int number) {
        return brokers.get(number - 1).handle();
    }

    /** SIGKILL; returns when it is gone. */
    public void killBroker(int number) {
        kill(broker(number));
    }

    /** Starts a broker again, and returns at once. */
    public void startBroker(int number) {
        try {
            brokers.set(number - 1, Broker.start(programs, directories.get(number - 1), nodes.get(number - 1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a broker that was started answers. */
    public void awaitBroker(int number) {
        try {
            brokers.get(number - 1).awaitReady(new Deadline(PATIENCE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL; returns when it is gone. */
    public void killRegistry() {
        kill(registry.handle());
    }

    /** Starts the registry again, and returns at once. */
    public void startRegistry() {
        try {
            registry = Registry.start(programs, registryDirectory, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the registry that was started answers. */
    public void awaitRegistry() {
        try {
            registry.awaitReady(new Deadline(PATIENCE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void kill(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Stops all at once: one by one, the last brokers would wait for those that are gone. */
    @Override
    public void close() {
        List<Runnable> closings = new ArrayList<>();
        brokers.forEach(broker -> closings.add(broker::close));
        if (registry != null) {
            closings.add(registry::close);
        }
        ExecutorService threads = Executors.newFixedThreadPool(closings.size() + 1);
        closings.stream().map(threads::submit).toList().forEach(BreakableCluster::await);
        threads.shutdown();
        directories.forEach(ClusterDirectory::close);
        registryDirectory.close();
    }

    private static void await(Future<?> closing) {
        try {
            closing.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
