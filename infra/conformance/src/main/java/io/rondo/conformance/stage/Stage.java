package io.rondo.conformance.stage;

import io.rondo.conformance.process.TrainerProgram;
import io.rondo.log.JobSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** What one scenario works with. Used by one thread, which closes it. */
public final class Stage implements AutoCloseable {
    /**
     * So small a learning rate that a step of SGD leaves every float32 value as it is: what is uploaded is what training started from.
     */
    private static final double STILL = 1e-30;

    private static final int LONGEST_TITLE = 30;

    private final Cluster cluster;
    private final Pace pace;
    private final Tasks tasks;
    private final TrainerProgram program;
    private final Scripts scripts;
    private final Path directory;
    private final String scenario;
    private final List<ScriptedJob> jobs = new ArrayList<>();

    /** @param directory of this scenario alone */
    public Stage(
            Cluster cluster,
            Pace pace,
            Tasks tasks,
            TrainerProgram program,
            Scripts scripts,
            Path directory,
            String scenario) {
        this.cluster = cluster;
        this.pace = pace;
        this.tasks = tasks;
        this.program = program;
        this.scripts = scripts;
        this.directory = directory;
        this.scenario = scenario;
    }

    public Cluster cluster() {
        return cluster;
    }

    public Tasks tasks() {
        return tasks;
    }

    /** A job whose training leaves the values as they are. */
    public ScriptedJob job() {
        return job(spec -> {});
    }

    /** A job whose training leaves the values as they are, with some settings changed. */
    public ScriptedJob job(Consumer<JobSpec.Builder> settings) {
        return job(tasks.small(), spec -> {
            spec.setLearningRate(STILL);
            settings.accept(spec);
        });
    }

    /** A job whose training changes the values. */
    public ScriptedJob learningJob(Consumer<JobSpec.Builder> settings) {
        return job(tasks.small(), settings);
    }

    /** A job with an adapter of 8.4 MB. */
    public ScriptedJob largeJob() {
        return job(tasks.large(), spec -> spec.setLearningRate(STILL));
    }

    /** A job on a task of the scenario's own. */
    public ScriptedJob job(Task task, Consumer<JobSpec.Builder> settings) {
        return job(task, settings, Optional.empty());
    }

    /** A job that takes signed records only, whose training leaves the values as they are. */
    public ScriptedJob signedJob() {
        JobKeys keys = JobKeys.generate();
        return job(
                tasks.small(),
                spec -> {
                    spec.setLearningRate(STILL);
                    keys.name(spec);
                },
                Optional.of(keys));
    }

    private ScriptedJob job(Task task, Consumer<JobSpec.Builder> settings, Optional<JobKeys> keys) {
        String title = scenario.length() > LONGEST_TITLE ? scenario.substring(0, LONGEST_TITLE) : scenario;
        JobSpec.Builder spec = JobSpec.newBuilder(task.spec())
                .setName("conf-%s-%06x"
                        .formatted(title, ThreadLocalRandom.current().nextInt(1 << 24)));
        settings.accept(spec);
        Path home = directory.resolve("job-" + (jobs.size() + 1));
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ScriptedJob job = new ScriptedJob(cluster, pace, task, spec.build(), keys, home, program::start);
        jobs.add(job);
        return job;
    }

    /** What a script gave that several scenarios judge: it runs once for all of them. */
    public <T> T once(Class<T> result, java.util.function.Function<Stage, T> script) {
        return result.cast(scripts.once(result, () -> script.apply(this)));
    }

    /** Ends what the scenario has started. */
    @Override
    public void close() {
        jobs.forEach(ScriptedJob::close);
    }
}
