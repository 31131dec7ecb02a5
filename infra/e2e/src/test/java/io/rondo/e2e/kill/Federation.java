package io.rondo.e2e.kill;

import io.rondo.cli.job.JobControl;
import io.rondo.cli.job.JobFile;
import io.rondo.cli.job.JobSubmitter;
import io.rondo.e2e.AggregatorMain;
import io.rondo.e2e.JavaProcess;
import io.rondo.e2e.PocketFederation;
import io.rondo.e2e.TrainerMain;
import io.rondo.embedded.BreakableCluster;
import io.rondo.log.JobSpec;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import io.rondo.trainer.runtime.TrainerServiceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A job under way on a cluster that can be broken: an aggregator and one trainer as processes, two more trainers on threads, no
 * end of rounds. Whatever ends that nobody killed is started again. Used by one thread.
 */
final class Federation implements AutoCloseable {
    static final String TRAINER = "a";
    static final String INSTANCE = "one";

    private static final List<String> LIGHT_TRAINERS = List.of("b", "c");
    private static final int PARTITIONS = 3;
    private static final Duration TURN = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final BreakableCluster cluster;
    private final Path directory;
    private final LogConnection connection;
    private final JobTopics topics;
    private final KillSwitch killSwitch;
    private final List<LightTrainer> lightTrainers = new ArrayList<>();
    private final RoundWatch watch;
    private JavaProcess aggregator;
    private JavaProcess trainer;
    private Path trainerDirectory;

    /**
     * Submits the job and starts all of it.
     *
     * @param settings more settings of the job, such as {@code deadline=4s}
     */
    Federation(BreakableCluster cluster, Path directory, String job, List<String> settings, long seed) {
        this.cluster = cluster;
        this.directory = directory;
        connection = new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
        topics = new JobTopics(job, PARTITIONS, Math.min(3, cluster.brokers()));
        killSwitch = new KillSwitch(directory.resolve("kill-switch"));
        new JobSubmitter(connection, new PocketTrainerFactory(), directory).submit(spec(job, topics, settings));
        watch = new RoundWatch(connection, topics.rounds());
        startAggregator();
        for (String id : LIGHT_TRAINERS) {
            lightTrainers.add(new LightTrainer(lightTrainer(id), seed + id.hashCode()));
        }
        trainerDirectory = directory.resolve(TRAINER);
        startTrainer("");
    }

    private static JobSpec spec(String job, JobTopics topics, List<String> settings) {
        List<String> all = new ArrayList<>(List.of(
                "name=" + job,
                "rank=4",
                "rounds=100000",
                "local-steps=1",
                "batch-size=8",
                "learning-rate=0.01",
                "labels=[no, yes]",
                "partitions=" + PARTITIONS,
                "replication=" + topics.rounds().replication(),
                "chunk-bytes=64",
                "min-trainers=3",
                "quorum=100%",
                "deadline=10m"));
        all.addAll(settings);
        return JobFile.of(all);
    }

    private TrainerServiceSettings lightTrainer(String id) {
        Path data = PocketFederation.writeData(directory, id);
        return new TrainerServiceSettings(
                connection,
                topics.job(),
                new SiteSettings(id, TrainerFiles.of(data, data), directory, ComputeSettings.ofThreads(1), false),
                directory.resolve(id));
    }

    BreakableCluster cluster() {
        return cluster;
    }

    LogConnection connection() {
        return connection;
    }

    JobTopics topics() {
        return topics;
    }

    KillSwitch killSwitch() {
        return killSwitch;
    }

    JavaProcess aggregator() {
        return aggregator;
    }

    Path aggregatorDirectory() {
        return directory.resolve("aggregator-" + INSTANCE);
    }

    void startAggregator() {
        aggregator = startAggregator(INSTANCE);
    }

    /** Starts an aggregator of the job with an id of its own; the caller ends it. */
    JavaProcess startAggregator(String instance) {
        return JavaProcess.start(
                AggregatorMain.class,
                List.of(
                        "-Drondo.interceptor=" + KillPointInterceptor.class.getName(),
                        "-D" + KillPointInterceptor.DIRECTORY + "=" + directory.resolve("kill-switch"),
                        "-D" + KillPointInterceptor.REGISTRY + "=" + connection.schemaRegistry()),
                List.of(
                        connection.bootstrapServers(),
                        connection.schemaRegistry(),
                        topics.job(),
                        instance,
                        directory.resolve("aggregator-" + instance).toString()));
    }

    JavaProcess trainer() {
        return trainer;
    }

    /** @param crashPoint where it ends by itself, such as {@code before-upload:7}, or empty */
    void startTrainer(String crashPoint) {
        trainer = JavaProcess.start(
                TrainerMain.class,
                crashPoint.isEmpty() ? List.of() : List.of(TrainerCrash.argument(crashPoint)),
                List.of(
                        connection.bootstrapServers(),
                        connection.schemaRegistry(),
                        topics.job(),
                        TRAINER,
                        trainerDirectory.toString(),
                        PocketFederation.writeData(directory, TRAINER).toString()));
    }

    /** Starts another process with the trainer's id, which knows nothing of the first; that one is the caller's to end. */
    JavaProcess replaceTrainer() {
        JavaProcess replaced = trainer;
        trainerDirectory = directory.resolve(TRAINER + '-' + System.nanoTime());
        startTrainer("");
        return replaced;
    }

    /** The last round that was opened. */
    int opened() {
        return watch.opened();
    }

    /** The last round that was published. */
    int published() {
        return watch.published();
    }

    /** Waits until the next round opens, and returns its number. */
    int awaitNextRound() throws InterruptedException {
        int before = watch.opened();
        await("a round after " + before, () -> watch.opened() > before);
        return watch.opened();
    }

    /** Waits until so many more rounds are published. */
    void awaitRounds(int more) throws InterruptedException {
        int wanted = watch.published() + more;
        await("round " + wanted, () -> watch.published() >= wanted);
    }

    /**
     * Waits until a round is published that was not before this moment.
     *
     * @param since milliseconds since 1970
     * @return milliseconds from then until it could be read
     */
    long awaitRecovery(long since) throws InterruptedException {
        await("a round published after the fault", () -> watch.publishedAfter(since) >= 0);
        return watch.publishedAfter(since);
    }

    /** Waits for something, and starts again what has ended meanwhile. */
    void await(String what, BooleanSupplier condition) throws InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > giveUp) {
                throw new AssertionError(what + " did not come within " + PATIENCE + "; opened " + watch.opened()
                        + ", published " + watch.published() + "\naggregator: " + aggregator.output() + "\ntrainer: "
                        + trainer.output());
            }
            supervise();
            watch.await(TURN);
        }
    }

    private void supervise() {
        lightTrainers.forEach(LightTrainer::requireWell);
        if (!aggregator.isAlive()) {
            System.out.println("the aggregator ended by itself: " + aggregator.output());
            aggregator.close();
            startAggregator();
        }
        if (!trainer.isAlive()) {
            System.out.println("the trainer ended by itself: " + trainer.output());
            trainer.close();
            startTrainer("");
        }
    }

    /** Lets the open round go to its end, and stops. */
    void finish() throws InterruptedException {
        new JobControl(connection, PATIENCE).request(topics.job(), JobControl.Action.PAUSE, "the campaign is over");
        await("the end of the last round", watch::isIdle);
    }

    @Override
    public void close() {
        lightTrainers.forEach(LightTrainer::close);
        trainer.close();
        aggregator.close();
        watch.close();
    }
}
