package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.replay.RoundVerification;
import io.rondo.aggregator.replay.VerificationReport;
import io.rondo.aggregator.replay.Verifier;
import io.rondo.log.CohortMember;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.TrainerLeft;
import io.rondo.schemas.client.LogConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
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
                driver.send(driver.topics().manifests(), new TrainerLeft(TestJob.UUID, "c", "i-c", "a break"));
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
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("c", 50.5),
                            org.assertj.core.groups.Tuple.tuple("a", 101.0),
                            org.assertj.core.groups.Tuple.tuple("b", 101.0));
        }
        verify(cluster);
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
