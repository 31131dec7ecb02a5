package io.rondo.e2e.logs;

import io.rondo.aggregator.TestJob;
import io.rondo.log.JobSpec;
import io.rondo.schemas.client.LogConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A real aggregator serves a job whose trainers are played.
 *
 * @param settings how the job differs from {@link TestJob#create()}
 * @param trainers the trainers that are there from the first round on
 * @param script runs the job
 */
record PlayedCase(
        String name, String what, UnaryOperator<JobSpec.Builder> settings, List<String> trainers, Script script)
        implements LogCase {
    private static final long DEADLINE_MS = 120_000;
    private static final int PARTITIONS = 2;

    /** What submitter, trainers and operators do. */
    interface Script {
        void play(Stage stage) throws InterruptedException;
    }

    /** All trainers answer all rounds. */
    static void answerAll(Stage stage) throws InterruptedException {
        stage.serve("one", () -> {
            stage.join();
            for (int round = 1; round <= stage.job().spec().getRounds(); round++) {
                stage.round(round);
            }
            stage.awaitEnd();
        });
    }

    /** The job, on as few partitions as make its log small. */
    private TestJob job() {
        return TestJob.create()
                .with(spec -> settings.apply(
                        spec.setName(name).setDeadlineMs(DEADLINE_MS).setPartitions(PARTITIONS)));
    }

    @Override
    public int chunkBytes() {
        return job().spec().getChunkBytes();
    }

    @Override
    public String export() {
        return job().spec().getMethod().equals("fedsa") ? "--warm-start" : "";
    }

    @Override
    public void play(LogConnection cluster, Path directory) throws InterruptedException {
        try (Stage stage = new Stage(cluster, job(), trainers, directory)) {
            script.play(stage);
        }
    }
}
