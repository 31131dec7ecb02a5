package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.log.RoundOpened;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures what a compressed record of 700 MiB delays, and where. No build runs it by itself: it asserts no figure, and
 * prints them.
 *
 * <pre>
 * mvn -B verify -pl infra/e2e -am -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=MeasureBombs
 *     -Dfailsafe.failIfNoSpecifiedTests=false
 * </pre>
 */
@WithCluster
class MeasureBombs {
    private static final List<String> HONEST = List.of("a", "b", "c");
    private static final List<String> LAUNCHERS_HEAP = List.of("-Xmx640m", "-XX:+ExitOnOutOfMemoryError");
    private static final int TURNS = 7;

    @TempDir
    private Path directory;

    private final String name = "bombs-" + UUID.randomUUID().toString().substring(0, 8);

    /** Where the record is sent, just before an honest round. */
    private enum Target {
        NOWHERE,
        MANIFESTS,
        ROUND,
        /** A topic of another job: the same work of the broker, and no partition in common. */
        ANOTHER_JOB
    }

    @Test
    void shouldMeasureWhatIsDelayed(LogConnection connection) throws Exception {
        int rounds = TURNS * Target.values().length;
        TestJob job = TestJob.create()
                .with(spec -> spec.setName(name).setRounds(rounds).setDeadlineMs(60_000));
        Topic other = new JobTopics(name + "-other", TestJob.PARTITIONS, 1).manifests();
        Bomb bomb = Bomb.oneRecord(700);
        Map<Target, List<Long>> roundMs = new EnumMap<>(Target.class);
        Map<Target, List<Long>> answerMs = new EnumMap<>(Target.class);
        try (JobDriver driver = JobDriver.submit(connection, job);
                Admin admin = connection.admin();
                JavaProcess aggregator = new Aggregators(connection, name).start("one", directory, LAUNCHERS_HEAP)) {
            connection.topicCreator(admin).ensure(List.of(other));
            HONEST.forEach(driver::join);
            for (int round = 1; round <= rounds; round++) {
                Target target = Target.values()[round % Target.values().length];
                int number = round;
                driver.await(RoundOpened.class, opened -> opened.getRound() == number);
                long[] answer = new long[1];
                Thread hostile = new Thread(() -> answer[0] = send(bomb, connection, driver, other, target, number));
                long from = System.nanoTime();
                hostile.start();
                HONEST.forEach(trainer -> driver.update(trainer, number));
                driver.awaitPublished(round);
                roundMs.computeIfAbsent(target, any -> new ArrayList<>()).add((System.nanoTime() - from) / 1_000_000);
                hostile.join();
                answerMs.computeIfAbsent(target, any -> new ArrayList<>()).add(answer[0]);
            }
            assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
        }
        for (Target target : Target.values()) {
            System.out.printf(
                    "%-12s round %d ms, the broker's answer %d ms; rounds %s%n",
                    target, median(roundMs.get(target)), median(answerMs.get(target)), roundMs.get(target));
        }
    }

    /** @return how long the broker took to refuse it */
    private static long send(
            Bomb bomb, LogConnection connection, JobDriver driver, Topic other, Target target, int round) {
        long from = System.nanoTime();
        switch (target) {
            case NOWHERE -> {}
            case MANIFESTS -> refused(bomb, connection, driver.topics().manifests());
            case ROUND -> refused(bomb, connection, driver.topics().round(round));
            case ANOTHER_JOB -> refused(bomb, connection, other);
        }
        return (System.nanoTime() - from) / 1_000_000;
    }

    private static void refused(Bomb bomb, LogConnection connection, Topic topic) {
        assertThat(bomb.send(connection.bootstrapServers(), topic)).isIn(Bomb.REFUSED);
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
