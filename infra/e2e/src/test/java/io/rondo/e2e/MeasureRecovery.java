package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.KafkaHistory;
import io.rondo.aggregator.log.KafkaJobLog;
import io.rondo.aggregator.log.PublishedAdapters;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.aggregator.verify.VerificationProgress;
import io.rondo.aggregator.verify.Verifier;
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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures by the length of a job's log how long an aggregator takes from its start to its next publication, how long a trainer
 * takes to join and how much it reads, and how long {@code rounds}, {@code verify} and {@code export} take for what they read of
 * the whole log. No build runs it by itself: it asserts no figure, and prints them; {@code -Drondo.recovery.csv=FILE} appends a
 * row for each length.
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

    private static final Optional<Path> CSV =
            Optional.ofNullable(System.getProperty("rondo.recovery.csv")).map(Path::of);
    private static final List<String> COLUMNS = List.of(
            "rounds",
            "decisions",
            "decisionsMb",
            "roundsTopicMb",
            "aggregatorStartSeconds",
            "aggregatorStartCpuSeconds",
            "aggregatorPeakMb",
            "trainerStartSeconds",
            "trainerReadsMb",
            "roundsCommandSeconds",
            "roundsCommandCpuSeconds",
            "roundsCommandPeakMb",
            "verifyDecisionsSeconds",
            "exportReadsSeconds");

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
        Map<String, Double> row = new HashMap<>();
        row.put("rounds", (double) rounds);
        row.put("decisions", (double) decisions);
        row.put("decisionsMb", megabytes(cluster, topics.decisions().name()));
        row.put("roundsTopicMb", megabytes(cluster, topics.rounds().name()));
        read(cluster, topics);
        readers(cluster, state, job, row);
        if (!FRESH) {
            commitEnds(cluster, topics);
        }
        try (JobDriver driver = JobDriver.attach(cluster, job)) {
            start(FRESH ? "no committed offsets" : "committed offsets", cluster, state, driver, rounds + 1, row);
            start("again", cluster, state, driver, rounds + 2, row);
            start("again", cluster, state, driver, rounds + 3, row);
        }
        write(row);
    }

    private static double megabytes(LogConnection cluster, String topic) {
        AtomicLong bytes = new AtomicLong();
        new KafkaHistory(cluster).read(topic, 0, 0, entry -> bytes.addAndGet(entry.value().length));
        return bytes.get() / 1e6;
    }

    private static void readers(LogConnection cluster, Path state, TestJob job, Map<String, Double> row)
            throws Exception {
        // one that has failed twice on its state waits before it starts
        StartedTrainer trainer = StartedTrainer.of(
                cluster, job, state.resolveSibling("trainer-" + job.spec().getName()));
        row.put("trainerStartSeconds", trainer.seconds());
        row.put("trainerReadsMb", trainer.bytesOfRounds() / 1e6);
        try (JobLog log = KafkaJobLog.open(cluster, job.spec().getName())) {
            long began = System.nanoTime();
            new Verifier(log, RoundRange.NONE, VerificationProgress.NONE).verify();
            row.put("verifyDecisionsSeconds", secondsSince(began));
            began = System.nanoTime();
            PublishedAdapters.of(log).publication(row.get("rounds").intValue());
            row.put("exportReadsSeconds", secondsSince(began));
        }
        long began = System.nanoTime();
        try (JavaProcess command = JavaProcess.start(
                Main.class,
                // a quarter of a large machine, as the launcher gives
                List.of("-Xmx6g"),
                List.of(
                        "rounds",
                        "--json",
                        "--job",
                        job.spec().getName(),
                        "--bootstrap-servers",
                        cluster.bootstrapServers(),
                        "--schema-registry",
                        cluster.schemaRegistry()))) {
            while (command.isAlive()) {
                peakMb(command.pid()).ifPresent(peak -> row.merge("roundsCommandPeakMb", peak, Math::max));
                processor(command.pid()).ifPresent(cpu -> row.put("roundsCommandCpuSeconds", cpu));
                Thread.sleep(10);
            }
            assertThat(command.awaitExit()).as(brief(command.output())).isZero();
        }
        row.put("roundsCommandSeconds", secondsSince(began));
        row.forEach((column, value) -> print("  %s %.3f", column, value));
    }

    private static String brief(String output) {
        return output.substring(0, Math.min(2_000, output.length()));
    }

    private static double secondsSince(long began) {
        return (System.nanoTime() - began) / 1e9;
    }

    private static void write(Map<String, Double> row) throws IOException {
        if (CSV.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        if (!Files.exists(CSV.get())) {
            lines.add(String.join(",", COLUMNS));
        }
        lines.add(COLUMNS.stream()
                .map(column -> row.containsKey(column) ? "%.3f".formatted(row.get(column)) : "")
                .collect(Collectors.joining(",")));
        Files.write(CSV.get(), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
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
    private static void start(
            String how, LogConnection cluster, Path state, JobDriver driver, int round, Map<String, Double> row)
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
                        () -> {
                            print("  %s: round %d published after %.1f s", how, round, began);
                            row.merge("aggregatorStartSeconds", secondsSince(began), Math::min);
                        });
                double processor = processor(aggregator.pid()).orElseThrow();
                double peak = peakMb(aggregator.pid()).orElseThrow();
                row.merge("aggregatorStartCpuSeconds", processor, Math::min);
                row.merge("aggregatorPeakMb", peak, Math::max);
                print("    %.1f s of processor time, at most %.0f MB", processor, peak);
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

    /** Seconds. Of a machine that does other things too, this says more than the time that passed. */
    private static Optional<Double> processor(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(used -> used.toMillis() / 1e3);
    }

    /** Empty once the process has ended. */
    private static Optional<Double> peakMb(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmHWM"))
                    .findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1_024 / 1e6);
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
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
