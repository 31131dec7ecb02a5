package io.rondo.e2e;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.cli.job.JobSubmitter;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleWriter;
import io.rondo.trainer.runtime.TrainerListener;
import io.rondo.trainer.runtime.TrainerService;
import io.rondo.trainer.runtime.TrainerServiceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** A whole job in one process: an aggregator and trainer services with a pocket-sized model, on threads. */
public final class PocketFederation implements AutoCloseable {
    private static final int EXAMPLES = 40;
    private static final List<String> WORDS = List.of(
            "amber", "basalt", "cedar", "delta", "ember", "fjord", "garnet", "harbor", "island", "juniper", "kelp",
            "lagoon", "meadow", "nectar", "orchid", "pebble", "quartz", "river", "saffron", "tundra");

    private final Function<String, LogConnection> connections;
    private final Path directory;
    private final JobSpec spec;
    private final Keys keys;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> trainers = new ArrayList<>();
    private AggregatorService aggregator;
    private Future<?> aggregating;

    /**
     * The keys of a signed job.
     *
     * @param trainers by id; a trainer that is not here has none
     */
    record Keys(Optional<SigningKey> operator, Optional<SigningKey> aggregator, Map<String, SigningKey> trainers) {
        static final Keys NONE = new Keys(Optional.empty(), Optional.empty(), Map.of());
    }

    public PocketFederation(LogConnection connection, Path directory, JobSpec spec) {
        this(user -> connection, directory, spec, Keys.NONE);
    }

    PocketFederation(LogConnection connection, Path directory, JobSpec spec, Keys keys) {
        this(user -> connection, directory, spec, keys);
    }

    /** @param connections by user: {@code aggregator}, {@code operator}, and each trainer's id */
    PocketFederation(Function<String, LogConnection> connections, Path directory, JobSpec spec) {
        this(connections, directory, spec, Keys.NONE);
    }

    /** The same, where records are signed. */
    PocketFederation(Function<String, LogConnection> connections, Path directory, JobSpec spec, Keys keys) {
        this.keys = keys;
        this.connections = connections;
        this.directory = directory;
        this.spec = spec;
        startAggregator();
    }

    private void startAggregator() {
        AggregatorSettings settings = new AggregatorSettings(
                connections.apply("aggregator"), spec.getName(), "one", directory.resolve("aggregator"));
        aggregator = AggregatorService.create(settings.signingWith(keys.aggregator()));
        aggregating = threads.submit(aggregator::run);
    }

    private void stopAggregator() throws InterruptedException {
        aggregator.stop();
        try {
            aggregating.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    /** Something that waits. */
    interface Wait {
        void run() throws InterruptedException;
    }

    /** Stops the aggregator and starts it again afterwards. */
    void withoutAggregator(Wait meanwhile) throws InterruptedException {
        stopAggregator();
        meanwhile.run();
        startAggregator();
    }

    public JobSubmitted submit(LocalTrainerFactory factory) {
        return new JobSubmitter(connections.apply("operator"), factory, directory, keys.operator()).submit(spec);
    }

    /** The same with the base model in this directory. */
    JobSubmitted submit(LocalTrainerFactory factory, Path model) {
        return new JobSubmitter(connections.apply("operator"), factory, directory, keys.operator())
                .withModelIn(model)
                .submit(spec);
    }

    /** Starts a trainer on text of its own. */
    public void train(String trainer, LocalTrainerFactory factory) {
        trainers.add(serve(trainer, factory, directory.resolve(trainer)));
    }

    /** Starts a trainer that is watched. */
    void train(String trainer, LocalTrainerFactory factory, TrainerListener listener) {
        trainers.add(serve(trainer, factory, directory.resolve(trainer), writeData(directory, trainer), listener));
    }

    /** Starts a trainer on a file of the test's. */
    void train(String trainer, LocalTrainerFactory factory, Path data) {
        trainers.add(serve(trainer, factory, directory.resolve(trainer), data, new TrainerListener() {}));
    }

    /** Starts a trainer whose end is the test's to await. */
    Future<?> serve(String trainer, LocalTrainerFactory factory, Path stateDirectory) {
        return serve(trainer, factory, stateDirectory, writeData(directory, trainer), new TrainerListener() {});
    }

    private Future<?> serve(
            String trainer, LocalTrainerFactory factory, Path stateDirectory, Path file, TrainerListener listener) {
        TrainerServiceSettings settings = new TrainerServiceSettings(
                connections.apply(trainer),
                spec.getName(),
                new SiteSettings(trainer, TrainerFiles.of(file, file), directory, ComputeSettings.ofThreads(1), false),
                stateDirectory);
        TrainerServiceSettings signing =
                settings.signingWith(Optional.ofNullable(keys.trainers().get(trainer)));
        return threads.submit(new TrainerService(signing, factory, listener)::run);
    }

    /** Writes a trainer's text into a folder. */
    public static Path writeData(Path directory, String trainer) {
        Path file = directory.resolve(trainer + ".jsonl");
        createDirectories(directory);
        ExampleWriter.write(file, examples(trainer));
        return file;
    }

    private static void createDirectories(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until all that were started by {@link #train} have seen the end of the job. */
    public void awaitEnd() throws InterruptedException {
        for (Future<?> trainer : trainers) {
            try {
                trainer.get();
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            }
        }
    }

    static List<Example> examples(String trainer) {
        SplittableRandom random = new SplittableRandom(trainer.hashCode());
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            StringBuilder text = new StringBuilder(trainer + " confidential " + i);
            for (int word = 0; word < 6; word++) {
                text.append(' ').append(WORDS.get(random.nextInt(WORDS.size())));
            }
            examples.add(new Example(text.toString(), Optional.empty(), i % 2 == 0 ? "no" : "yes"));
        }
        return examples;
    }

    @Override
    public void close() {
        try {
            stopAggregator();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdownNow();
        }
    }
}
