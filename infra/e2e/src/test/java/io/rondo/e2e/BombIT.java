package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.log.JobFinished;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is small as it is sent, and expands to more than the heap that the launcher gives an aggregator. */
@WithCluster
class BombIT {
    private static final int MEBIBYTES = 700;
    private static final List<String> LAUNCHERS_HEAP = List.of("-Xmx640m", "-XX:+ExitOnOutOfMemoryError");

    @TempDir
    private Path directory;

    private final String name = "bomb-" + UUID.randomUUID().toString().substring(0, 8);

    @Test
    void shouldCloseRoundsAlsoAfterARestart(LogConnection connection) throws InterruptedException {
        TestJob job =
                TestJob.create().with(spec -> spec.setName(name).setRounds(6).setDeadlineMs(60_000));
        Bomb record = Bomb.oneRecord(MEBIBYTES);
        Bomb records = Bomb.records(MEBIBYTES);
        assertThat(List.of(record, records))
                .allSatisfy(bomb -> assertThat(bomb.bytesAsSent()).isLessThan(1_000_000));
        Aggregators aggregators = new Aggregators(connection, name);
        List<Long> roundMs = new ArrayList<>();
        try (JobDriver driver = JobDriver.submit(connection, job)) {
            HonestRound.TRAINERS.forEach(driver::join);
            try (JavaProcess aggregator = aggregators.start("one", directory, LAUNCHERS_HEAP)) {
                roundMs.add(round(driver, 1));
                assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            }
            try (JavaProcess aggregator = aggregators.start("one", directory, LAUNCHERS_HEAP)) {
                roundMs.add(round(driver, 2));
                roundMs.add(round(driver, 3));
                roundMs.add(HonestRound.run(driver, 4, () -> send(record, connection, driver, 4)));
                roundMs.add(HonestRound.run(driver, 5, () -> send(records, connection, driver, 5)));
                assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            }
            send(record, connection, driver, 6);
            send(records, connection, driver, 6);
            try (JavaProcess aggregator = aggregators.start("one", directory, LAUNCHERS_HEAP)) {
                roundMs.add(round(driver, 6));
                driver.await(JobFinished.class, finished -> true);
                assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            }
            assertThat(Verifier.verify(connection, name).isSound()).isTrue();
        }
        System.out.println("ms from the first update to the published adapter: undisturbed " + roundMs.get(2)
                + ", with one large record on each topic " + roundMs.get(3) + ", with many records " + roundMs.get(4)
                + "; from an undisturbed restart " + roundMs.get(1) + ", from one with all of them " + roundMs.get(5));
    }

    private static void send(Bomb bomb, LogConnection connection, JobDriver driver, int round) {
        for (Topic topic : List.of(driver.topics().manifests(), driver.topics().round(round))) {
            assertThat(bomb.send(connection.bootstrapServers(), topic)).isIn(Bomb.REFUSED);
        }
    }

    private static long round(JobDriver driver, int round) throws InterruptedException {
        return HonestRound.run(driver, round, () -> {});
    }

    /** Who creates topics before the job does may not know of the rule. */
    @Test
    void shouldRefuseItOnATopicThatWasThere(LogConnection connection) throws Exception {
        TestJob job = TestJob.create().with(spec -> spec.setName(name).setRounds(1));
        JobTopics topics = new JobTopics(name, TestJob.PARTITIONS, 1);
        Map<String, String> configs = new HashMap<>(topics.manifests().configs());
        configs.put("compression.type", "producer");
        try (Admin admin = connection.admin()) {
            admin.createTopics(List.of(new NewTopic(topics.manifests().name(), 1, (short) 1).configs(configs)))
                    .all()
                    .get();
        }

        try (JobDriver driver = JobDriver.submit(connection, job)) {
            assertThat(Bomb.oneRecord(MEBIBYTES)
                            .send(connection.bootstrapServers(), driver.topics().manifests()))
                    .isIn(Bomb.REFUSED);
        }
    }
}
