package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.verify.RoundVerification;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.log.CohortMember;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.TensorChunk;
import io.rondo.log.TrainerLeft;
import io.rondo.schemas.client.LogConnection;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules that take more than a sum, on a real broker and a real registry: each job is verified from its log. */
@WithCluster
class RoundRulesIT {
    private static final List<String> TRAINERS = List.of("a", "b", "c");

    @TempDir
    private Path directory;

    private final String name = "rules-" + UUID.randomUUID().toString().substring(0, 8);

    /** The second aggregator has nothing but the log: base and state come from there. */
    @Test
    @Tag("thorough")
    void shouldGoOnFromTheLogWithMeasuresAndAServerOptimizer(LogConnection cluster) throws InterruptedException {
        TestJob job = TestJob.create().with(spec -> spec.setName(name)
                .setDeadlineMs(120_000)
                .setStrategy("multi-krum")
                .setClip(1)
                .setMaxUpdateNorm(1_000)
                .setServerOptimizer("fedadam")
                .setServerLearningRate(0.1));
        try (JobDriver driver = JobDriver.submit(cluster, job)) {
            serve(cluster, "one", () -> {
                TRAINERS.forEach(driver::join);
                round(driver, 1);
                driver.awaitPublished(1);
            });
            serve(cluster, "two", () -> {
                round(driver, 2);
                driver.await(JobFinished.class, finished -> true);
            });

            RoundPublished published = driver.awaitPublished(2);
            assertThat(published.getMembers()).allSatisfy(member -> {
                assertThat(member.getNorm()).isGreaterThan(1);
                assertThat(member.getScale()).isEqualTo(1 / member.getNorm());
            });
        }
        verify(cluster);
    }

    @Test
    void shouldCountALateUpdateInTheNextRound(LogConnection cluster) throws InterruptedException {
        TestJob job = TestJob.create()
                .with(spec -> spec.setName(name).setDeadlineMs(120_000).setLateUpdates("next-round"));
        try (JobDriver driver = JobDriver.submit(cluster, job)) {
            serve(cluster, "one", () -> {
                TRAINERS.forEach(driver::join);
                driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
                driver.send(driver.topics().manifests(), new TrainerLeft(TestJob.UUID, "c", "i-c", "a break", null));
                driver.update("a", 1);
                driver.update("b", 1);
                driver.await(RoundOpened.class, opened -> opened.getRound() == 2);
                driver.join("c", "again");
                driver.upload("c", "again", 1, chunk -> chunk);
                driver.update("a", 2);
                driver.update("b", 2);
                driver.await(JobFinished.class, finished -> true);
            });

            assertThat(driver.awaitPublished(2).getMembers())
                    .extracting(CohortMember::getTrainer, CohortMember::getWeight)
                    .containsExactly(tuple("c", 50.5), tuple("a", 101.0), tuple("b", 101.0));
        }
        verify(cluster);
    }

    /** All of it is in the log before an aggregator reads it: two updates in time, one of them faulty, and a late one. */
    @Test
    @Tag("thorough")
    void shouldTakeALateUpdateBackIntoItsRoundWhenThatOpensAgain(LogConnection cluster) throws InterruptedException {
        int deadlineMs = 20_000;
        TestJob job = TestJob.create()
                .with(spec -> spec.setName(name).setDeadlineMs(deadlineMs).setLateUpdates("next-round"));
        try (JobDriver driver = JobDriver.submit(cluster, job)) {
            serve(cluster, "one", () -> {
                TRAINERS.forEach(driver::join);
                driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
            });
            driver.update("a", 1);
            driver.update("b", 1, chunk -> TensorChunk.newBuilder(chunk)
                    .setValues(ByteBuffer.allocate(chunk.getValues().remaining()))
                    .build());
            Thread.sleep(deadlineMs);
            driver.update("c", 1);
            serve(cluster, "two", () -> {
                driver.awaitPublished(1);
                TRAINERS.forEach(trainer -> driver.update(trainer, 2));
                driver.await(JobFinished.class, finished -> true);
            });

            assertThat(driver.await(RoundReopened.class, reopened -> true).getRound())
                    .isEqualTo(1);
            assertThat(driver.awaitPublished(1).getMembers())
                    .extracting(CohortMember::getTrainer, CohortMember::getWeight)
                    .containsExactly(tuple("a", 101.0), tuple("c", 101.0));
            assertThat(driver.awaitPublished(2).getMembers()).hasSize(3);
        }
        verify(cluster);
    }

    /** The second aggregator has to find out from the log that nobody whom the round asks is there. */
    @Test
    @Tag("thorough")
    void shouldAskThoseWhoAreThereWhereTheWholeCohortHasLeft(LogConnection cluster) throws InterruptedException {
        TestJob job = TestJob.create()
                .with(spec -> spec.setName(name).setRules(2).setMinTrainers(2).setDeadlineMs(8_000));
        try (JobDriver driver = JobDriver.submit(cluster, job)) {
            serve(cluster, "one", () -> {
                List.of("a", "b").forEach(driver::join);
                driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
                for (String trainer : List.of("a", "b")) {
                    driver.send(
                            driver.topics().manifests(),
                            new TrainerLeft(TestJob.UUID, trainer, "i-" + trainer, "", null));
                }
                assertThat(driver.await(RoundExtended.class, extended -> true).getWaitsFor())
                        .isEmpty();
            });
            serve(cluster, "two", () -> {
                List.of("c", "d").forEach(driver::join);
                driver.await(RoundOpened.class, opened -> opened.getCohort().equals(List.of("c", "d")));
                finish(driver, "c", "d");
            });
        }
        verify(cluster);
    }

    @Test
    @Tag("thorough")
    void shouldGoOnWithoutAMemberThatWasKilled(LogConnection cluster) throws InterruptedException {
        TestJob job = TestJob.create().with(spec -> spec.setName(name)
                .setRules(2)
                .setMinTrainers(2)
                .setAbsentAfter(1)
                .setDeadlineMs(5_000));
        try (JobDriver driver = JobDriver.submit(cluster, job)) {
            serve(cluster, "one", () -> {
                List.of("a", "b").forEach(driver::join);
                driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
                driver.update("a", 1);
                List.of("c", "d", "e").forEach(driver::join);
                assertThat(driver.await(RoundExtended.class, extended -> extended.getExtension() == 2)
                                .getWaitsFor())
                        .containsExactly("b");
                RoundOpened again = driver.await(
                        RoundOpened.class,
                        opened -> opened.getRound() == 1 && opened.getCohort().contains("c"));
                assertThat(again.getCohort()).containsExactly("a", "c", "d", "e");
                driver.update("c", 1);
                driver.awaitPublished(1);
                driver.await(RoundOpened.class, opened -> opened.getRound() == 2);
                List.of("a", "c", "d", "e").forEach(trainer -> driver.update(trainer, 2));
                driver.await(JobFinished.class, finished -> true);
            });

            assertThat(driver.awaitPublished(1).getMembers())
                    .extracting(CohortMember::getTrainer)
                    .containsExactly("a", "c");
        }
        verify(cluster);
    }

    private static void finish(JobDriver driver, String... trainers) {
        for (int round = 1; round <= 2; round++) {
            int number = round;
            driver.await(RoundOpened.class, opened -> opened.getRound() == number);
            List.of(trainers).forEach(trainer -> driver.update(trainer, number));
            driver.awaitPublished(number);
        }
        driver.await(JobFinished.class, finished -> true);
    }

    private void serve(LogConnection cluster, String instance, Runnable meanwhile) throws InterruptedException {
        AggregatorService service =
                AggregatorService.create(new AggregatorSettings(cluster, name, instance, directory.resolve(instance)));
        Thread thread = new Thread(service::run, "aggregator " + instance);
        thread.start();
        try {
            meanwhile.run();
        } finally {
            service.stop();
            thread.join();
        }
    }

    private static void round(JobDriver driver, int round) {
        driver.await(RoundOpened.class, opened -> opened.getRound() == round);
        TRAINERS.forEach(trainer -> driver.update(trainer, round));
    }

    private void verify(LogConnection cluster) {
        VerificationReport report = Verifier.verify(cluster, name);

        assertThat(report.differences()).isEmpty();
        assertThat(report.rounds())
                .extracting(RoundVerification::outcome)
                .containsOnly(RoundVerification.Outcome.IDENTICAL)
                .hasSize(3);
    }
}
