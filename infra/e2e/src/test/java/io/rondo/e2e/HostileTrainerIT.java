package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.embedded.BreakableCluster;
import io.rondo.log.CohortMember;
import io.rondo.log.DeadLetter;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a trainer writes, the rounds of the others close, in little memory, and the dead letters say why it did not count. */
@WithCluster
class HostileTrainerIT {
    private static final long SEED = Long.getLong("rondo.hostile.seed", 23);
    private static final List<String> HONEST = List.of("a", "b", "c");
    /** An aggregator that runs out of it ends. */
    private static final List<String> SMALL_HEAP = List.of("-Xmx192m", "-XX:+ExitOnOutOfMemoryError");

    @TempDir
    private Path directory;

    private final String name = "hostile-" + UUID.randomUUID().toString().substring(0, 8);
    private final TestJob job = TestJob.create().with(spec -> spec.setName(name)
            .setRounds(4)
            // a slow machine extends a round, and closes none before all honest updates are in
            .setQuorum(Integer.toString(HONEST.size()))
            .setDeadlineMs(5_000));
    private LogConnection connection;

    @BeforeEach
    void connect(LogConnection cluster) {
        connection = cluster;
    }

    @Test
    void shouldCloseTheRoundsOfHonestTrainersWhateverAnotherOneWrites() throws InterruptedException {
        Aggregators aggregators = new Aggregators(connection, name);
        try (JavaProcess aggregator = aggregators.start("one", directory, SMALL_HEAP);
                JobDriver driver = JobDriver.submit(connection, job.with(spec -> spec.setRounds(2)));
                HostileTrainer hostile = new HostileTrainer(connection, job, driver.topics(), SEED)) {
            hostile.join();
            HONEST.forEach(driver::join);

            round(driver, 1, () -> {
                hostile.manifestWithoutChunks(1);
                hostile.noise(driver.topics().manifests(), 300);
                hostile.noise(driver.topics().round(1), 300);
                hostile.unknownSchemas(driver.topics().manifests(), 50);
                hostile.unknownSchemas(driver.topics().round(1), 50);
                hostile.command();
            });
            round(driver, 2, () -> {
                hostile.attempts(2, 5_000);
                hostile.damaged(2, 300);
            });
            driver.await(JobFinished.class, finished -> true);

            assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            assertThat(Verifier.verify(connection, name).isSound()).isTrue();
            assertThat(reasons(driver))
                    .contains("unreadable", "unknown-schema", "unexpected-record", "missing-chunk", "duplicate")
                    .isSubsetOf(Arrays.stream(RejectionReason.values())
                            .map(RejectionReason::id)
                            .collect(Collectors.toSet()));
        }
    }

    /** Each is within what a trainer may write, and was enough to end, delay or replace the work of others. */
    @Test
    void shouldNotLetOneTrainerSpoilTheWorkOfAnother() throws InterruptedException {
        TestJob strict = job.with(spec -> spec.setRounds(2).setRules(2).setDeadlineMs(8_000));
        Aggregators aggregators = new Aggregators(connection, name);
        try (JavaProcess aggregator = aggregators.start("one", directory, SMALL_HEAP);
                JobDriver driver = JobDriver.submit(connection, strict);
                HostileTrainer hostile = new HostileTrainer(connection, strict, driver.topics(), SEED)) {
            hostile.join();
            HONEST.forEach(driver::join);
            driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
            for (Topic topic :
                    List.of(driver.topics().manifests(), driver.topics().round(1))) {
                assertThat(Bomb.oneRecord(100).send(connection.bootstrapServers(), topic))
                        .isIn(Bomb.REFUSED);
            }
            hostile.evict("i-a");
            UpdateManifest update = driver.uploadChunks("a", "i-a", 1, chunk -> {
                hostile.splice(chunk);
                hostile.flush();
                return chunk;
            });
            hostile.hijack(1, update.getAttempt());
            hostile.flush();
            driver.send(driver.topics().manifests(), update);
            driver.update("b", 1);
            driver.update("c", 1);
            assertThat(driver.awaitPublished(1).getMembers())
                    .extracting(CohortMember::getTrainer)
                    .containsExactlyElementsOf(HONEST);

            driver.await(RoundOpened.class, opened -> opened.getRound() == 2);
            hostile.evaluations(1, 300);
            hostile.hijack(2, "endless");
            Thread flood = new Thread(() -> hostile.chunksWithoutManifest(2, 60), HostileTrainer.ID);
            flood.start();
            HONEST.forEach(trainer -> driver.update(trainer, 2));
            driver.await(JobFinished.class, finished -> true);
            flood.join();

            assertThat(driver.awaitPublished(2).getMembers())
                    .extracting(CohortMember::getTrainer)
                    .containsExactlyElementsOf(HONEST);
            assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            assertThat(Verifier.verify(connection, name).isSound()).isTrue();
            assertThat(reasons(driver)).contains("bad-trainer", "bad-metrics", "duplicate", "missing-chunk");
        }
    }

    /** All write at the same time, and the round is published with the updates of the honest ones alone. */
    private static void round(JobDriver driver, int round, Runnable hostility) throws InterruptedException {
        driver.await(RoundOpened.class, opened -> opened.getRound() == round);
        Thread hostile = new Thread(hostility, HostileTrainer.ID);
        hostile.start();
        HONEST.forEach(trainer -> driver.update(trainer, round));
        assertThat(driver.awaitPublished(round).getMembers())
                .extracting(CohortMember::getTrainer)
                .containsExactlyElementsOf(HONEST);
        hostile.join();
    }

    private static Set<String> reasons(JobDriver driver) {
        return driver.readAll(driver.topics().deadLetters(), 0).stream()
                .map(letter -> ((DeadLetter) letter).getReason())
                .collect(Collectors.toSet());
    }

    /** They lie between the chunks of an honest update, so that whoever reads that has to pass over all of them. */
    @Test
    @Tag("thorough")
    void shouldPassOverChunksThatNoManifestNames() throws InterruptedException {
        int behind = job.flat(1).chunks() - TestJob.PARTITIONS;
        Aggregators aggregators = new Aggregators(connection, name);
        try (JavaProcess aggregator = aggregators.start("one", directory, SMALL_HEAP);
                JobDriver driver = JobDriver.submit(
                        connection, job.with(spec -> spec.setRounds(1).setDeadlineMs(120_000)));
                HostileTrainer hostile = new HostileTrainer(connection, job, driver.topics(), SEED)) {
            HONEST.forEach(driver::join);
            driver.await(RoundOpened.class, opened -> opened.getRound() == 1);

            driver.update("a", 1, chunk -> {
                if (chunk.getOrdinal() == behind) {
                    hostile.chunksWithoutManifest(1, 300);
                    hostile.flush();
                }
                return chunk;
            });
            driver.update("b", 1);
            driver.update("c", 1);

            assertThat(driver.awaitPublished(1).getMembers())
                    .extracting(CohortMember::getTrainer)
                    .containsExactlyElementsOf(HONEST);
            driver.await(JobFinished.class, finished -> true);
            assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            assertThat(Verifier.verify(connection, name).isSound()).isTrue();
        }
    }

    @Test
    @Tag("thorough")
    void shouldGoOnWhenTheBrokerEndsATransactionThatWasLeftOpen() {
        Aggregators aggregators = new Aggregators(connection, name);
        try (JavaProcess aggregator = aggregators.start("one", directory, SMALL_HEAP);
                JobDriver driver = JobDriver.submit(connection, job.with(spec -> spec.setRounds(1)));
                HostileTrainer hostile = new HostileTrainer(connection, job, driver.topics(), SEED)) {
            HONEST.forEach(driver::join);
            assertThatThrownBy(() -> hostile.leaveTransactionOpen(Duration.ofMinutes(5)))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("transaction timeout is larger");

            driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
            try (KafkaProducer<byte[], byte[]> open = hostile.leaveTransactionOpen(Duration.ofSeconds(3))) {
                HONEST.forEach(trainer -> driver.update(trainer, 1));

                assertThat(driver.awaitPublished(1).getMembers()).hasSize(3);
                assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
                assertThat(open).isNotNull();
            }
        }
    }

    @Test
    @Tag("thorough")
    void shouldRestartInLittleMemoryOnWhatWasWrittenMeanwhile() throws InterruptedException {
        Aggregators aggregators = new Aggregators(connection, name);
        try (JobDriver driver = JobDriver.submit(connection, job.with(spec -> spec.setRounds(1)));
                HostileTrainer hostile = new HostileTrainer(connection, job, driver.topics(), SEED)) {
            HONEST.forEach(driver::join);
            hostile.largeNoise(200);
            hostile.flush();

            try (JavaProcess aggregator = aggregators.start("one", directory, SMALL_HEAP)) {
                round(driver, 1, () -> {});
                assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            }
        }
    }

    @Test
    @Tag("thorough")
    void shouldWaitForTheRegistryWithAnIdThatItDoesNotKnow() throws InterruptedException {
        try (BreakableCluster cluster = BreakableCluster.start(directory.resolve("cluster"), 1)) {
            LogConnection breakable = new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
            Aggregators aggregators = new Aggregators(breakable, name);
            try (JavaProcess aggregator = aggregators.start("one", directory.resolve("one"), SMALL_HEAP);
                    JobDriver driver = JobDriver.submit(breakable, job.with(spec -> spec.setDeadlineMs(60_000)));
                    HostileTrainer hostile = new HostileTrainer(breakable, job, driver.topics(), SEED)) {
                HONEST.forEach(driver::join);
                round(driver, 1, () -> {});

                cluster.killRegistry();
                round(driver, 2, () -> {});
                driver.await(RoundOpened.class, opened -> opened.getRound() == 3);
                hostile.unknownSchemas(driver.topics().manifests(), 1);
                hostile.unknownSchemas(driver.topics().round(3), 3);
                hostile.flush();
                HONEST.forEach(trainer -> driver.update(trainer, 3));
                aggregator.awaitOutput("registry-unreachable");
                cluster.startRegistry();
                cluster.awaitRegistry();

                assertThat(driver.awaitPublished(3).getMembers()).hasSize(3);
                round(driver, 4, () -> {});
                driver.await(JobFinished.class, finished -> true);
                assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
                assertThat(reasons(driver)).containsExactly("unknown-schema");
            }
        }
    }
}
