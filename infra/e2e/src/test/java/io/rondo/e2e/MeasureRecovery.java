package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.log.KafkaHistory;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.cli.Main;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures how long an aggregator takes from its start to its next publication, by the length of its job's log. No build
 * runs it by itself: it asserts no figure, and prints them.
 *
 * <pre>
 * mvn -B verify -pl infra/e2e -am -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=MeasureRecovery
 * -Dfailsafe.failIfNoSpecifiedTests=false
 * </pre>
 */
@WithCluster
class MeasureRecovery {
    private static final String ROUNDS = System.getProperty("rondo.recovery.rounds", "10,1000,10000,100000");
    /** The heap of the compose file's aggregator. */
    private static final String HEAP = System.getProperty("rondo.recovery.heap", "460m");

    /** Whether the first start meets a consumer group that has committed nothing; else it has read its topics to their ends. */
    private static final boolean FRESH = Boolean.parseBoolean(System.getProperty("rondo.recovery.fresh", "true"));

    private static final List<String> TRAINERS = List.of("a");
    private static final Duration PATIENCE = Duration.ofMinutes(20);

    @Test
    void measureStarts(LogConnection cluster, @TempDir Path directory) throws Exception {
        for (String rounds : ROUNDS.split(",", -1)) {
            measure(cluster, directory.resolve(rounds), Integer.parseInt(rounds));
        }
    }

    private void measure(LogConnection cluster, Path state, int rounds) throws Exception {
        String name = "recovery-" + rounds + "-" + UUID.randomUUID().toString().substring(0, 8);
        TestJob job = TestJob.create().with(spec -> spec.setName(name)
                .setRules(2)
                .setRounds(200_000)
                .setMinTrainers(TRAINERS.size())
                .setDeadlineMs(3_600_000));
        long began = System.nanoTime();
        long decisions = MadeRounds.write(cluster, job, TRAINERS, rounds);
        print("%n%d rounds of %d trainers: %d decisions, written in %.1f s", rounds, TRAINERS.size(), decisions, began);
        JobTopics topics = new JobTopics(name, job.spec().getPartitions(), 1);
        read(cluster, topics);
        if (!FRESH) {
            commitEnds(cluster, topics);
        }
        try (JobDriver driver = JobDriver.attach(cluster, job)) {
            start(FRESH ? "no committed offsets" : "committed offsets", cluster, state, driver, rounds + 1);
            start("again", cluster, state, driver, rounds + 2);
            start("again", cluster, state, driver, rounds + 3);
        }
    }

    private static void commitEnds(LogConnection cluster, JobTopics topics) throws Exception {
        List<TopicPartition> partitions = new ArrayList<>();
        for (Topic topic : List.of(topics.commands(), topics.manifests(), topics.parts(), topics.decisions())) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                partitions.add(new TopicPartition(topic.name(), partition));
            }
        }
        try (Admin admin = cluster.admin()) {
            Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
            LogReader.ends(cluster, admin, partitions, IsolationLevel.READ_COMMITTED)
                    .forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end)));
            admin.alterConsumerGroupOffsets(topics.applicationId(), ends).all().get();
        }
    }

    /** What a recovery is made of, in this process. */
    private static void read(LogConnection cluster, JobTopics topics) {
        KafkaHistory history = new KafkaHistory(cluster);
        String decisions = topics.decisions().name();
        try (RecordCodec codec = cluster.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            for (int time = 0; time < 2; time++) {
                AtomicLong bytes = new AtomicLong();
                long read = System.nanoTime();
                history.read(decisions, 0, 0, entry -> bytes.addAndGet(entry.value().length));
                print("  one copy of the decisions: %.1f MB, read in %.2f s", bytes.get() / 1e6, read);
                long decoded = System.nanoTime();
                history.read(decisions, 0, 0, entry -> codec.require(decisions, entry.value(), SpecificRecord.class));
                print("  read and decoded in %.2f s", decoded);
                long applied = System.nanoTime();
                Coordinator coordinator = new Coordinator(topics.job(), topics.partitions());
                history.read(
                        decisions,
                        0,
                        0,
                        entry -> coordinator.replay(
                                codec.require(decisions, entry.value(), SpecificRecord.class), entry.bodyDigest()));
                print("  read, decoded and applied in %.2f s", applied);
            }
        }
    }

    /** Kills the aggregator once the next round is open. */
    private static void start(String how, LogConnection cluster, Path state, JobDriver driver, int round)
            throws IOException {
        TRAINERS.forEach(trainer -> driver.update(trainer, round));
        TopicPartition rounds = new TopicPartition(driver.topics().rounds().name(), 0);
        try (LogReader reader = LogReader.open(cluster, Map.of(rounds, 0L));
                RecordCodec codec = cluster.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            reader.moveTo(Map.of(rounds, reader.end(rounds)));
            long began = System.nanoTime();
            try (JavaProcess aggregator =
                    aggregator(cluster, state, driver.topics().job())) {
                await(
                        aggregator,
                        reader,
                        codec,
                        record -> record instanceof RoundPublished published && published.getRound() == round,
                        () -> print("  %s: round %d published after %.1f s", how, round, began));
                print("    %.1f s of processor time, %s", processorSeconds(aggregator.pid()), peak(aggregator.pid()));
                await(
                        aggregator,
                        reader,
                        codec,
                        record -> record instanceof RoundOpened opened && opened.getRound() == round + 1,
                        () -> {});
            }
        }
    }

    private static void await(
            JavaProcess aggregator,
            LogReader reader,
            RecordCodec codec,
            Predicate<SpecificRecord> wanted,
            Runnable found) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < giveUp) {
            assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            for (var record : reader.poll(Duration.ofMillis(20))) {
                if (wanted.test(codec.require(record.topic(), record.value(), SpecificRecord.class))) {
                    // what follows it came in the same poll, and is wanted next
                    reader.moveTo(Map.of(new TopicPartition(record.topic(), record.partition()), record.offset() + 1));
                    found.run();
                    return;
                }
            }
        }
        throw new AssertionError("not within " + PATIENCE + ": " + aggregator.output());
    }

    private static JavaProcess aggregator(LogConnection cluster, Path state, String job) {
        return JavaProcess.start(
                Main.class,
                List.of("-Xmx" + HEAP, "-XX:TieredStopAtLevel=4"),
                List.of(
                        "aggregator",
                        "--job",
                        job,
                        "--state-dir",
                        state.toString(),
                        "--bootstrap-servers",
                        cluster.bootstrapServers(),
                        "--schema-registry",
                        cluster.schemaRegistry()));
    }

    /** Of a machine that does other things too, this says more than the time that passed. */
    private static double processorSeconds(long pid) {
        return ProcessHandle.of(pid)
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElseThrow()
                        .toMillis()
                / 1e3;
    }

    private static String peak(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElseThrow()
                .replaceAll("\\s+", " ");
    }

    /** @param values the last one is when it began, of which the seconds since are printed */
    private static void print(String format, Object... values) {
        Object[] printed = Arrays.copyOf(values, values.length);
        if (printed[printed.length - 1] instanceof Long began) {
            printed[printed.length - 1] = (System.nanoTime() - began) / 1e9;
        }
        System.out.printf(Locale.ROOT, format + "%n", printed);
    }
}
