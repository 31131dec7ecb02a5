package io.rondo.demo;

import io.rondo.cli.process.ChildKind;
import io.rondo.cli.process.Children;
import io.rondo.cli.python.Python;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The aggregator and the trainers of a demo, each a process of its own that is started as a user would start it. */
final class DemoProcesses {
    private static final String AGGREGATOR = "aggregator";

    private final DemoDirectory home;
    private final DemoSettings settings;
    private final String engine;
    private final Path modelCache;
    private final Optional<Python> python;
    private final Children children;
    private final DemoCluster cluster;
    private List<String> trainers = List.of();

    /** @param python what runs trainers in Python; empty if there is none of them */
    DemoProcesses(
            DemoDirectory home,
            DemoSettings settings,
            DemoCluster cluster,
            String engine,
            Path modelCache,
            Optional<Python> python,
            Children children) {
        this.home = home;
        this.settings = settings;
        this.engine = engine;
        this.modelCache = modelCache;
        this.python = python;
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
        children.start(AGGREGATOR, cluster.aggregator(), aggregator);
        for (int i = 0; i < ids.size(); i++) {
            start(ids.get(i), settings.languages().get(i));
        }
    }

    private void start(String id, Language language) {
        switch (language) {
            case JAVA -> {
                List<String> arguments = new ArrayList<>(List.of("trainer", "--engine", engine));
                arguments.addAll(trainer(id));
                children.start(id, ChildKind.TRAINER, arguments);
            }
            case PYTHON -> {
                List<String> arguments = new ArrayList<>(List.of("--plugin", "peft", "--follow-parent"));
                arguments.addAll(trainer(id));
                Python interpreter = python.orElseThrow();
                children.start(id, interpreter.command("rondo.trainer", arguments), interpreter.environment());
            }
        }
    }

    /** What a trainer in any language is told. */
    private List<String> trainer(String id) {
        List<String> arguments = new ArrayList<>(List.of(
                "--trainer",
                id,
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
