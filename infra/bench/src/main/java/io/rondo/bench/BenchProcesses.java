package io.rondo.bench;

import io.rondo.cli.process.ChildKind;
import io.rondo.cli.process.Children;
import io.rondo.cli.security.SecureCluster;
import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The aggregators of a benchmark, each a process of its own, their directory, and their broker and registry where the benchmark has its
 * own. Closing ends and removes all, topics in a cluster of others included, and so does the end of this JVM.
 */
final class BenchProcesses implements AutoCloseable {
    private static final String ADMIN = "admin";

    private final String job;
    private final List<String> names;
    private final BenchDirectory directory;
    private final BenchCluster cluster;
    private final Runnable leaveCluster;
    private final Children children;
    private final Thread hook = new Thread(this::closeAll, "bench-stop");

    private BenchProcesses(
            String job, List<String> names, BenchDirectory directory, BenchCluster cluster, Runnable leaveCluster) {
        this.job = job;
        this.names = names;
        this.directory = directory;
        this.cluster = cluster;
        this.leaveCluster = leaveCluster;
        this.children = new Children(directory.logs());
    }

    /** @param others a cluster to run on; without one a broker and a registry are started */
    static BenchProcesses start(BenchSettings settings, Optional<BenchCluster> others) {
        String job = "bench-" + UUID.randomUUID().toString().substring(0, 8);
        List<String> names = IntStream.rangeClosed(1, settings.aggregators())
                .mapToObj(number -> "aggregator-" + number)
                .toList();
        BenchDirectory directory = BenchDirectory.create();
        try {
            BenchProcesses processes = others.isPresent()
                    ? new BenchProcesses(
                            job,
                            names,
                            directory,
                            others.get(),
                            () -> BenchTopics.delete(others.get().connection(), job))
                    : withOwnCluster(job, names, directory, settings);
            Runtime.getRuntime().addShutdownHook(processes.hook);
            return processes;
        } catch (RuntimeException | Error e) {
            directory.close();
            throw e;
        }
    }

    private static BenchProcesses withOwnCluster(
            String job, List<String> names, BenchDirectory directory, BenchSettings settings) {
        EmbeddedSettings embedded = EmbeddedSettings.in(directory.cluster())
                .withMinimumDisk(settings.diskBytes())
                .withExit(EmbeddedSettings.Exit.LEAVE_TO_CALLER);
        if (settings.secure()) {
            SecureCluster own = SecureCluster.start(
                    embedded, directory.cluster().resolveSibling("credentials"), List.of(), List.of(job));
            // one principal for all: what is measured is the transport, and quotas are for each principal
            List<String> arguments = List.of("--kafka-config", own.config(ADMIN).toString());
            return new BenchProcesses(
                    job, names, directory, new BenchCluster(own.as(ADMIN), arguments, Map.of()), own::close);
        }
        EmbeddedCluster own = EmbeddedCluster.start(embedded);
        LogConnection connection = new LogConnection(own.bootstrapServers(), own.schemaRegistry(), Map.of());
        List<String> arguments =
                List.of("--bootstrap-servers", own.bootstrapServers(), "--schema-registry", own.schemaRegistry());
        return new BenchProcesses(job, names, directory, new BenchCluster(connection, arguments, Map.of()), own::close);
    }

    LogConnection connection() {
        return cluster.connection();
    }

    String job() {
        return job;
    }

    /** A topic that goes with those of the job. */
    String topic(String name) {
        return new JobTopics(job, 1, 1).prefix() + name;
    }

    /** Where the key of the aggregators may lie. */
    Path keyFile() {
        return directory.cluster().resolveSibling("aggregator.key");
    }

    void startAggregators(List<String> more) {
        names.forEach(name -> startAggregator(name, more));
    }

    private void startAggregator(String name, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of(
                "aggregator",
                "--job",
                job,
                "--state-dir",
                directory.aggregatorState(name).toString(),
                "--instance",
                name));
        arguments.addAll(more);
        arguments.addAll(cluster.arguments());
        children.start(name, ChildKind.BUSY_AGGREGATOR, arguments, cluster.environment());
    }

    /** @throws RondoException when the aggregator has ended: a restarted one would be another measurement */
    void requireAggregators() {
        if (!children.supervise().isEmpty() || !names.stream().allMatch(name -> children.isAnyAlive(List.of(name)))) {
            throw new RondoException(
                    ErrorCode.JOB_FAILED,
                    "an aggregator ended during the benchmark",
                    "check that memory suffices for it, and run the benchmark again");
        }
    }

    /** The most memory that an aggregator has had, in megabytes; empty if the system does not say it. */
    OptionalDouble aggregatorPeakMb() {
        return names.stream()
                .map(children::pid)
                .flatMapToLong(OptionalLong::stream)
                .mapToObj(ProcessMemory::ofProcess)
                .flatMapToDouble(OptionalDouble::stream)
                .max();
    }

    /** Processor time that the aggregators have used, in seconds. */
    double aggregatorCpuSeconds() {
        return names.stream()
                .map(children::pid)
                .flatMapToLong(OptionalLong::stream)
                .mapToObj(ProcessHandle::of)
                .flatMap(Optional::stream)
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .mapToDouble(used -> used.toNanos() / 1e9)
                .sum();
    }

    /** Ends the aggregators, so that what is measured next has the machine for itself. */
    void stopAggregators() {
        children.close();
    }

    @Override
    public void close() {
        closeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is going down, and the hook runs already
        }
    }

    private synchronized void closeAll() {
        children.close();
        try {
            leaveCluster.run();
        } finally {
            directory.close();
        }
    }
}
