package io.rondo.cli.bench;

import io.rondo.cli.process.ChildKind;
import io.rondo.cli.process.Children;
import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * The broker, the registry and the aggregators of a benchmark, each a process of its own, and their directory. Closing ends and
 * removes all, and so does the end of this JVM.
 */
final class BenchProcesses implements AutoCloseable {
    private final List<String> names;
    private final BenchDirectory directory;
    private final EmbeddedCluster cluster;
    private final Children children;
    private final Thread hook = new Thread(this::closeAll, "bench-stop");

    private BenchProcesses(List<String> names, BenchDirectory directory, EmbeddedCluster cluster, Children children) {
        this.names = names;
        this.directory = directory;
        this.cluster = cluster;
        this.children = children;
    }

    /** Starts the broker and the registry. */
    static BenchProcesses start(BenchSettings settings) {
        BenchDirectory directory = BenchDirectory.create();
        try {
            EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(directory.cluster())
                    .withMinimumDisk(settings.diskBytes())
                    .withExit(EmbeddedSettings.Exit.LEAVE_TO_CALLER));
            List<String> names = IntStream.rangeClosed(1, settings.aggregators())
                    .mapToObj(number -> "aggregator-" + number)
                    .toList();
            BenchProcesses processes = new BenchProcesses(names, directory, cluster, new Children(directory.logs()));
            Runtime.getRuntime().addShutdownHook(processes.hook);
            return processes;
        } catch (RuntimeException | Error e) {
            directory.close();
            throw e;
        }
    }

    LogConnection connection() {
        return new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
    }

    void startAggregators() {
        names.forEach(this::startAggregator);
    }

    private void startAggregator(String name) {
        children.start(
                name,
                ChildKind.BUSY_AGGREGATOR,
                List.of(
                        "aggregator",
                        "--job",
                        BenchSettings.JOB,
                        "--state-dir",
                        directory.aggregatorState(name).toString(),
                        "--instance",
                        name,
                        "--bootstrap-servers",
                        cluster.bootstrapServers(),
                        "--schema-registry",
                        cluster.schemaRegistry()));
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

    /** The most memory that an aggregator has had, in megabytes; empty where the system does not say it. */
    OptionalDouble aggregatorPeakMb() {
        return names.stream()
                .map(children::pid)
                .flatMapToLong(OptionalLong::stream)
                .mapToObj(PeakMemory::ofProcess)
                .flatMapToDouble(OptionalDouble::stream)
                .max();
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
        cluster.close();
        directory.close();
    }
}
