package io.rondo.demo;

import io.rondo.aggregator.log.DecisionLog;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.command.VersionCommand;
import io.rondo.cli.job.JobFile;
import io.rondo.cli.job.JobKeys;
import io.rondo.cli.job.JobSubmitter;
import io.rondo.cli.output.Console;
import io.rondo.cli.output.Json;
import io.rondo.cli.process.Children;
import io.rondo.cli.python.LanguageModel;
import io.rondo.cli.python.Python;
import io.rondo.cli.python.PythonFinder;
import io.rondo.inspect.rounds.RoundHistory;
import io.rondo.log.JobSpec;
import io.rondo.log.UpdateManifest;
import io.rondo.page.http.PageServer;
import io.rondo.page.http.PageSettings;
import io.rondo.page.log.ClusterLogs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.sign.VerifyingKey;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The demo, step by step. Run again on the same directory, each step finds what an earlier run has done and continues. */
public final class Demo {
    private static final String OPERATOR = "operator";
    private static final String AGGREGATOR = "aggregator";

    private final DemoSettings settings;
    private final Path directory;
    private final LocalTrainerFactory engine;
    private final Path modelCache;
    private final Optional<Path> interpreter;
    private final Console console;
    private final Protection protection;
    private final Stopwatch stopwatch = new Stopwatch();

    /** Whom the broker and the registry let in. */
    public enum Protection {
        /** Everybody on this machine. */
        NONE,
        /** The demo's processes alone, by TLS, passwords and certificates, each with its role's rights. */
        FULL
    }

    /**
     * @param directory where everything is kept
     * @param engine the trainer plug-in
     * @param modelCache where its models are kept
     * @param interpreter Python for the trainers that need it; empty for the one in the user's cache
     */
    public Demo(
            DemoSettings settings,
            Path directory,
            LocalTrainerFactory engine,
            Path modelCache,
            Optional<Path> interpreter,
            Protection protection,
            Console console) {
        this.settings = settings;
        this.directory = directory;
        this.engine = engine;
        this.modelCache = modelCache;
        this.interpreter = interpreter;
        this.protection = protection;
        this.console = console;
    }

    /** Runs to the end and prints the result. */
    public void run() {
        Optional<Python> python = settings.languages().contains(Language.PYTHON)
                ? Optional.of(new PythonFinder(note -> console.progress("      python    " + note)).find(interpreter))
                : Optional.empty();
        if (settings.task() == DemoTask.GENERATION) {
            LanguageModel.ensure(python.orElseThrow(), LanguageModel.NAME, modelCache);
        }
        DemoData data = DemoData.of(settings, note -> console.progress("      " + note));
        JobSpec spec = settings.job(data);
        DemoDirectory home = DemoDirectory.claim(directory, stamp(spec));
        data.write(home);
        console.progress("[1/5] data      " + data.summary());
        if (python.isPresent() && settings.task() == DemoTask.CLASSIFICATION) {
            // a trainer in Python reads the built-in model from the cache, into which only the engine can convert it
            engine.baseDirectory(ModelSettings.of(spec, modelCache));
        }

        boolean isNew = !home.hasLog();
        console.progress("[2/5] cluster   starting a Kafka broker and a schema registry in " + home.cluster());
        try (DemoCluster cluster = start(home, data.trainers());
                Children children = new Children(home.logs());
                PageServer page = page(cluster.as(OPERATOR))) {
            LogConnection connection = cluster.as(OPERATOR);
            console.progress("      ready at " + cluster.bootstrapServers() + " and " + cluster.schemaRegistry());
            console.progress("      web page of this run, until it ends: " + page.url());

            DemoProcesses processes =
                    new DemoProcesses(home, settings, cluster, engine.name(), modelCache, python, children);
            List<String> trainers = data.trainers();
            if (isNew && settings.task() == DemoTask.CLASSIFICATION) {
                // they wait for the job, and a JVM takes as long to start as a job to submit
                processes.start(trainers);
            }
            String uuid =
                    switch (settings.task()) {
                        case CLASSIFICATION ->
                            new JobSubmitter(connection, engine, modelCache, cluster.key(OPERATOR))
                                    .submit(signed(spec, cluster))
                                    .getJobUuid();
                        case GENERATION -> submit(python.orElseThrow(), home, signed(spec, cluster), cluster);
                    };
            cluster.key(OPERATOR).ifPresent(operator -> addKeys(cluster, operator, trainers));
            console.progress("[3/5] job       " + settings.summary(spec) + ", UUID " + uuid);
            RoundHistory history = follow(connection, spec, processes, trainers);

            console.progress("[5/5] verify    recomputing every round from the log");
            VerificationReport verification = Verifier.verify(connection, DemoSettings.JOB);
            DemoResult result = new DemoResult(
                    settings.task(),
                    spec,
                    history,
                    verification,
                    uploads(connection, spec, history),
                    settings.languages(),
                    stopwatch.seconds(),
                    stopwatch.firstRound());
            console.result(result.json(), result.text());
            result.requireSound();
            console.progress(nextSteps(directory));
        }
    }

    /** Submits a job whose model no engine in Java knows; returns its UUID. */
    private String submit(Python python, DemoDirectory home, JobSpec spec, DemoCluster cluster) {
        List<String> arguments = new ArrayList<>(List.of(
                home.writeJob(JobFile.render(spec)).toString(), "--model-cache", modelCache.toString(), "--json"));
        arguments.addAll(cluster.connection(OPERATOR));
        return Json.read(python.run("submitting the job", "rondo.submit", arguments))
                .path("jobUuid")
                .asText();
    }

    private DemoStamp stamp(JobSpec spec) {
        DemoStamp stamp = settings.stamp(spec);
        return protection == Protection.FULL ? stamp.secured() : stamp;
    }

    /** The job with the aggregator's key, where the demo signs. */
    private static JobSpec signed(JobSpec spec, DemoCluster cluster) {
        return cluster.key(AGGREGATOR)
                .map(key -> JobSpec.newBuilder(spec)
                        .setAggregatorKey(key.verifyingKey().toString())
                        .build())
                .orElse(spec);
    }

    /** Those that a run before this one has not added. */
    private static void addKeys(DemoCluster cluster, SigningKey operator, List<String> trainers) {
        LogConnection connection = cluster.as(OPERATOR);
        Map<String, List<String>> known =
                JobKeys.list(connection, DemoSettings.JOB).trainers();
        JobKeys keys = new JobKeys(connection, DemoSettings.JOB, operator, Duration.ZERO);
        for (String trainer : trainers) {
            VerifyingKey key = cluster.key(trainer).orElseThrow().verifyingKey();
            if (!known.getOrDefault(trainer, List.of()).contains(key.toString())) {
                keys.add(trainer, key);
            }
        }
    }

    private DemoCluster start(DemoDirectory home, List<String> trainers) {
        if (protection == Protection.NONE) {
            return DemoCluster.open(home);
        }
        DemoCluster cluster = DemoCluster.secure(home, trainers);
        console.progress(
                "      TLS, users, rights and signatures are on; the credentials are in " + home.credentials());
        return cluster;
    }

    private static PageServer page(LogConnection connection) {
        return PageServer.start(
                PageSettings.local(0), new ClusterLogs(connection, DemoSettings.JOB::equals), VersionCommand.current());
    }

    private RoundHistory follow(
            LogConnection connection, JobSpec spec, DemoProcesses processes, List<String> trainers) {
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
                DecisionLog log = new DecisionLog(connection, codec, topics(spec))) {
            return new DemoRounds(log, processes, trainers, settings.task(), spec, stopwatch, console).follow();
        }
    }

    private UploadSize uploads(LogConnection connection, JobSpec spec, RoundHistory history) {
        UpdateManifest update = history.updates(1).get(0);
        // where all trainers are in Python nobody has registered the manifest as Java writes it
        try (RecordCodec codec = connection.codec(SchemaRegistration.REGISTER)) {
            return UploadSize.measure(
                    connection, codec, topics(spec), history.job().orElseThrow(), update);
        }
    }

    private static JobTopics topics(JobSpec spec) {
        return new JobTopics(spec.getName(), spec.getPartitions(), spec.getReplication());
    }

    private static String nextSteps(Path directory) {
        Path cwd = Path.of("").toAbsolutePath();
        Path home = directory.toAbsolutePath().normalize();
        Path shown = home.startsWith(cwd) ? cwd.relativize(home) : home;
        return """

            Try next, on the same log:
              ./rondo rounds --dir %1$s
              ./rondo verify --dir %1$s
              ./rondo web --dir %1$s       # the web page of these rounds
              ./rondo demo --data DIR --rounds 20    # your own train.tsv and dev.tsv\
            """.formatted(shown);
    }
}
