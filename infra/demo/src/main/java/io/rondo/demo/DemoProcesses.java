package io.rondo.demo;

import io.rondo.cli.process.ChildKind;
import io.rondo.cli.process.Children;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The aggregator and the trainers of a demo, each a process of its own that is started as a user would start it. */
final class DemoProcesses {
    private static final String AGGREGATOR = "aggregator";

    private final DemoDirectory home;
    private final String engine;
    private final Path modelCache;
    private final Children children;
    private final DemoCluster cluster;
    private List<String> trainers = List.of();

    DemoProcesses(DemoDirectory home, DemoCluster cluster, String engine, Path modelCache, Children children) {
        this.home = home;
        this.engine = engine;
        this.modelCache = modelCache;
        this.children = children;
        this.cluster = cluster;
    }

    /** Starts all of them, unless they were started before. */
    void start(List<String> ids) {
        if (!trainers.isEmpty()) {
            return;
        }
        trainers = List.copyOf(ids);
        List<String> aggregator = new ArrayList<>(
                List.of(AGGREGATOR, "--state-dir", home.aggregatorState().toString()));
        aggregator.addAll(cluster.options(AGGREGATOR));
        children.start(AGGREGATOR, ChildKind.AGGREGATOR, aggregator);
        ids.forEach(id -> children.start(id, ChildKind.TRAINER, trainer(id)));
    }

    private List<String> trainer(String id) {
        List<String> arguments = new ArrayList<>(List.of(
                "trainer",
                "--trainer",
                id,
                "--engine",
                engine,
                "--model-cache",
                modelCache.toString(),
                "--train",
                home.trainFile(id).toString(),
                "--test",
                home.testFile(id).toString(),
                "--pooled-test",
                home.pooledTestFile().toString(),
                "--state-dir",
                home.trainerState(id).toString(),
                "--threads",
                "1",
                "--head-only"));
        arguments.addAll(cluster.options(id));
        return arguments;
    }

    /** Starts again what was killed, and names it. */
    List<String> supervise() {
        return children.supervise();
    }

    /** Whether a trainer still has something to do. */
    boolean isTraining() {
        return children.isAnyAlive(trainers);
    }
}
