package io.rondo.e2e.logs;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.log.AbortRequested;
import io.rondo.log.DType;
import io.rondo.log.JobAborted;
import io.rondo.log.JobPaused;
import io.rondo.log.JobSpec;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundOpened;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateManifest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;

/** The jobs whose logs are kept: one of each kind that a log can hold. */
final class LogCases {
    private static final List<String> THREE = List.of("a", "b", "c");
    private static final List<String> FIVE = List.of("a", "b", "c", "d", "e");
    private static final int SHORT_DEADLINE_MS = 10_000;

    private LogCases() {}

    static List<LogCase> all() {
        return List.of(
                plain("weighted-mean", "three partitions, two rounds", THREE, spec -> spec.setPartitions(3)),
                plain("coordinate-median", "an order statistic", THREE, spec -> spec.setPartitions(1)
                        .setStrategy("coordinate-median")),
                plain("trimmed-mean", "an order statistic that leaves out extremes", FIVE, spec -> spec.setPartitions(1)
                        .setStrategy("trimmed-mean")),
                plain("krum", "distances between updates choose one of them", FIVE, spec -> spec.setRounds(1)
                        .setStrategy("krum")),
                plain("multi-krum", "distances choose several, weights are uniform", FIVE, spec -> spec.setRounds(1)
                        .setStrategy("multi-krum")
                        .setWeights("uniform")),
                plain("clip", "updates scaled down, and two refused by max-update-norm", FIVE, spec -> spec.setRounds(1)
                        .setClip(1)
                        .setMaxUpdateNorm(3.75)),
                plain("fedavgm", "a server optimizer with momentum", THREE, spec -> spec.setPartitions(1)
                        .setServerOptimizer("fedavgm")
                        .setServerLearningRate(0.5)),
                plain("fedadam", "a server optimizer with two moments", THREE, spec -> spec.setPartitions(1)
                        .setServerOptimizer("fedadam")
                        .setServerLearningRate(0.1)),
                plain("rolora-bf16", "factors in turn, BF16 uploads, a shared head", THREE, spec -> spec.setRounds(3)
                        .setPartitions(1)
                        .setMethod("rolora")
                        .setDtype(DType.BF16)
                        .setHead("shared")),
                plain("vera-ffa", "VeRA's vectors, one of them frozen", THREE, spec -> spec.setPartitions(1)
                        .setMethod("ffa")
                        .setAdapter("vera")
                        .setChunkBytes(16)),
                new TrainedCase(
                        "trained",
                        "trainers with metrics and evaluations, submitted from a job file",
                        List.of(
                                "method=fedit",
                                "rank=2",
                                "target-modules=[query]",
                                "rounds=2",
                                "local-steps=2",
                                "batch-size=8",
                                "learning-rate=0.5",
                                "labels=[no, yes]",
                                "partitions=2",
                                "chunk-bytes=128",
                                "min-trainers=2"),
                        "",
                        List.of("north", "south")),
                new PlayedCase(
                        "late-update",
                        "a late update that counted in the next round, one that a fresh one replaced, one too late",
                        spec -> spec.setLateUpdates("next-round")
                                .setPartitions(1)
                                .setRounds(4)
                                .setDeadlineMs(SHORT_DEADLINE_MS),
                        THREE,
                        LogCases::late),
                new PlayedCase(
                        "reopened-round",
                        "a revoked update, after which the round opened again and took a late one back",
                        spec -> spec.setLateUpdates("next-round").setDeadlineMs(SHORT_DEADLINE_MS),
                        THREE,
                        LogCases::reopen),
                new PlayedCase(
                        "skipped-round",
                        "a round without a quorum, and a trainer that left",
                        spec -> spec.setRounds(3)
                                .setPartitions(1)
                                .setQuorum("100%")
                                .setWithoutQuorum("skip")
                                .setDeadlineMs(SHORT_DEADLINE_MS),
                        THREE,
                        LogCases::skip),
                new PlayedCase(
                        "steered",
                        "paused, resumed, extended, an absent trainer removed, aborted",
                        spec -> spec.setRounds(9)
                                .setPartitions(1)
                                .setAbsentAfter(1)
                                .setDeadlineMs(SHORT_DEADLINE_MS),
                        THREE,
                        LogCases::steer),
                new PlayedCase(
                        "refusals",
                        "a record for almost every reason of refusal",
                        spec -> spec.setDeadlineMs(2 * SHORT_DEADLINE_MS),
                        Refusals.TRAINERS,
                        Refusals::play),
                plain(
                        "capped-weights",
                        "rules 4: no more examples count than a round can use",
                        THREE,
                        spec -> spec.setRules(4).setRounds(2).setLocalSteps(5).setBatchSize(8)),
                new PlayedCase(
                        "cohort-left",
                        "rules 2: a round whose whole cohort has left asks others",
                        spec -> spec.setRules(2).setMinTrainers(2).setRounds(2).setDeadlineMs(SHORT_DEADLINE_MS),
                        List.of("a", "b"),
                        LogCases::leave),
                new PlayedCase(
                        "flooded",
                        "rules 6: records that are refused together",
                        spec -> spec.setRules(6).setPartitions(1).setRounds(2),
                        THREE,
                        LogCases::flood),
                new SignedCase("signed", "signed records, a key replaced, and a record of each kind that is refused"));
    }

    private static LogCase plain(
            String name, String what, List<String> trainers, UnaryOperator<JobSpec.Builder> settings) {
        return new PlayedCase(name, what, settings, trainers, PlayedCase::answerAll);
    }

    private static void late(Stage stage) throws InterruptedException {
        JobDriver driver = stage.driver();
        stage.serve("one", () -> {
            stage.join();
            stage.awaitOpen(1);
            driver.update("a", 1);
            driver.update("b", 1);
            stage.awaitOpen(2);
            driver.update("c", 1);
            driver.update("a", 2);
            driver.update("b", 2);
            stage.awaitOpen(3);
            driver.update("a", 3);
            driver.update("b", 3);
            stage.awaitOpen(4);
            driver.update("c", 3);
            driver.update("c", 4);
            driver.update("c", 1);
            driver.update("a", 4);
            driver.update("b", 4);
            stage.awaitEnd();
        });
    }

    /** The second aggregator finds all of it in the log: two updates in time, one of them faulty, and a late one. */
    private static void reopen(Stage stage) throws InterruptedException {
        JobDriver driver = stage.driver();
        stage.serve("one", () -> {
            stage.join();
            stage.awaitOpen(1);
        });
        driver.update("a", 1);
        driver.update("b", 1, chunk -> TensorChunk.newBuilder(chunk)
                .setValues(ByteBuffer.allocate(chunk.getValues().remaining()))
                .build());
        Thread.sleep(SHORT_DEADLINE_MS);
        driver.update("c", 1);
        stage.serve("two", () -> {
            driver.awaitPublished(1);
            stage.round(2);
            stage.awaitEnd();
        });
    }

    private static void skip(Stage stage) throws InterruptedException {
        JobDriver driver = stage.driver();
        stage.serve("one", () -> {
            stage.join();
            stage.round(1);
            stage.awaitOpen(2);
            driver.send(driver.topics().manifests(), new TrainerLeft(TestJob.UUID, "c", "i-c", "done", null));
            driver.update("a", 2);
            stage.awaitOpen(3);
            for (String trainer : List.of("a", "b")) {
                UpdateManifest manifest = driver.uploadChunks(trainer, "i-" + trainer, 3, UnaryOperator.identity());
                driver.send(
                        driver.topics().manifests(),
                        UpdateManifest.newBuilder(manifest).setBaseRound(1).build());
            }
            stage.awaitEnd();
        });
    }

    /** The second aggregator finds all of the noise at once, and sound records between it. */
    private static void flood(Stage stage) throws InterruptedException {
        JobDriver driver = stage.driver();
        stage.serve("one", () -> {
            stage.join();
            stage.awaitOpen(1);
        });
        for (String trainer : List.of("a", "b", "c")) {
            for (int i = 0; i < 100; i++) {
                driver.sendBytes(driver.topics().manifests(), new byte[] {(byte) i});
                driver.send(driver.topics().manifests(), stage.job().evaluation("nobody", "i-" + i, 0));
            }
            driver.update(trainer, 1);
        }
        stage.serve("two", () -> {
            stage.round(2);
            stage.awaitEnd();
        });
    }

    /** The second aggregator finds out from the log that nobody whom the round asks is there. */
    private static void leave(Stage stage) throws InterruptedException {
        JobDriver driver = stage.driver();
        stage.serve("one", () -> {
            stage.join();
            stage.awaitOpen(1);
            for (String trainer : List.of("a", "b")) {
                driver.send(
                        driver.topics().manifests(), new TrainerLeft(TestJob.UUID, trainer, "i-" + trainer, "", null));
            }
            driver.await(RoundExtended.class, extended -> true);
        });
        stage.serve("two", () -> {
            List.of("c", "d").forEach(driver::join);
            for (int round = 1; round <= 2; round++) {
                int opening = round;
                driver.await(
                        RoundOpened.class,
                        opened -> opened.getRound() == opening
                                && opened.getCohort().equals(List.of("c", "d")));
                List.of("c", "d").forEach(trainer -> driver.update(trainer, opening));
                driver.awaitPublished(round);
            }
            stage.awaitEnd();
        });
    }

    private static void steer(Stage stage) throws InterruptedException {
        JobDriver driver = stage.driver();
        stage.serve("one", () -> {
            stage.join();
            stage.awaitOpen(1);
            driver.send(driver.topics().commands(), new PauseRequested(TestJob.UUID, "maintenance", 1L, null));
            driver.await(JobPaused.class, paused -> true);
            stage.round(1);
            driver.send(driver.topics().manifests(), stage.job().evaluation("a", "i-a", 1));
            driver.send(driver.topics().commands(), new ResumeRequested(TestJob.UUID, "", 2L, null));
            stage.awaitOpen(2);
            driver.await(RoundExtended.class, extended -> extended.getRound() == 2);
            driver.update("a", 2);
            driver.update("b", 2);
            driver.await(TrainerRemoved.class, removed -> removed.getTrainer().equals("c"));
            driver.join("c", "again");
            stage.awaitOpen(3);
            driver.update("a", 3);
            driver.send(driver.topics().commands(), new AbortRequested(TestJob.UUID, "wrong data", 3L, null));
            driver.await(JobAborted.class, aborted -> true);
        });
    }
}
