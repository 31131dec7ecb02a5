package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.log.CohortMember;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.client.LogConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An aggregator that is killed in a round that a test drives, and two that are in each other's way. */
@WithCluster
class AggregatorKillIT {
    private static final List<String> TRAINERS = List.of("a", "b", "c");

    @TempDir
    private Path directory;

    private final String name = "kill-" + UUID.randomUUID().toString().substring(0, 8);
    private LogConnection connection;
    private Aggregators aggregators;

    @BeforeEach
    void connect(LogConnection cluster) {
        connection = cluster;
        aggregators = new Aggregators(connection, name);
    }

    @Test
    void shouldCompleteARoundOnceAfterBeingKilledInTheMiddleOfIt() {
        TestJob job = job(3);
        JavaProcess aggregator = aggregators.start("one", directory.resolve("one"));
        try (JobDriver driver = JobDriver.submit(connection, job)) {
            TRAINERS.forEach(driver::join);
            awaitOpen(driver, 1);
            driver.update("b", 1);
            driver.update("a", 1);
            aggregator.kill();

            driver.update("c", 1);
            aggregator = aggregators.start("one", directory.resolve("one"));
            RoundPublished published = driver.awaitPublished(1);

            assertThat(published.getMembers())
                    .extracting(CohortMember::getTrainer)
                    .containsExactly("b", "a", "c");
            finish(driver, 2, 3);
            assertSound(4);
        } finally {
            aggregator.close();
        }
    }

    @Test
    @Tag("thorough")
    void shouldTellTheOlderOfTwoAggregatorsWithOneInstanceId() {
        JavaProcess older = aggregators.start("same", directory.resolve("older"));
        JavaProcess newer = null;
        try (JobDriver driver = JobDriver.submit(connection, job(2))) {
            TRAINERS.forEach(driver::join);
            awaitOpen(driver, 1);

            newer = aggregators.start("same", directory.resolve("newer"));

            assertThat(older.awaitExit()).isEqualTo(1);
            assertThat(older.output()).contains("error[instance-fenced]").contains("'same'");
            finish(driver, 1, 2);
            assertThat(newer.isAlive()).isTrue();
            assertSound(3);
        } finally {
            older.close();
            if (newer != null) {
                newer.close();
            }
        }
    }

    @Test
    @Tag("thorough")
    void shouldRefuseAStateDirectoryThatAnotherAggregatorUses() {
        JavaProcess first = aggregators.start("one", directory.resolve("shared"));
        try (JobDriver driver = JobDriver.submit(connection, job(2))) {
            TRAINERS.forEach(driver::join);
            awaitOpen(driver, 1);

            try (JavaProcess second = aggregators.start("two", directory.resolve("shared"))) {
                assertThat(second.awaitExit()).isEqualTo(1);
                assertThat(second.output()).contains("error[directory-in-use]");
            }
            finish(driver, 1, 2);
        } finally {
            first.close();
        }
    }

    private TestJob job(int rounds) {
        return TestJob.create()
                .with(spec -> spec.setName(name).setRounds(rounds).setDeadlineMs(120_000));
    }

    private static void awaitOpen(JobDriver driver, int round) {
        driver.await(RoundOpened.class, opened -> opened.getRound() == round);
    }

    private static void finish(JobDriver driver, int from, int to) {
        for (int round = from; round <= to; round++) {
            awaitOpen(driver, round);
            for (String trainer : TRAINERS) {
                driver.update(trainer, round);
            }
            driver.awaitPublished(round);
        }
        driver.await(JobFinished.class, finished -> true);
    }

    private void assertSound(int rounds) {
        VerificationReport report = Verifier.verify(connection, name);
        assertThat(report.problems()).isEmpty();
        assertThat(report.rounds()).hasSize(rounds).allMatch(round -> round.isIdentical());
    }
}
