package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.round.RulesVersion;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.log.DeadLetter;
import io.rondo.log.JobFinished;
import io.rondo.log.TrainerAdmitted;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As many records as were enough to stop a job once: the rounds of the others close, and the log verifies. */
@WithCluster
@Tag("thorough")
class FloodIT {
    /** The heap and the compilers of the launcher's aggregator. */
    private static final List<String> AS_LAUNCHED =
            List.of("-Xmx640m", "-XX:MaxNewSize=64m", "-XX:TieredStopAtLevel=4", "-XX:+ExitOnOutOfMemoryError");

    private static final Duration TRAINING = Duration.ofSeconds(3);
    private static final int JOINS = 22_000;
    private static final int UNKNOWN_IDS = 15_000;
    private static final int EVALUATIONS = 30_000;
    private static final int SINGLE_BYTES = 100_000;
    private static final int UPDATES = 5_000;

    @TempDir
    private Path directory;

    private final String name = "flood-" + UUID.randomUUID().toString().substring(0, 8);
    private LogConnection connection;

    @BeforeEach
    void connect(LogConnection cluster) {
        connection = cluster;
    }

    @Test
    void shouldCloseRoundsDuringJoinsOfThousands() throws InterruptedException {
        TestJob job = job().with(spec -> spec.setTrainers(HonestRound.TRAINERS));

        List<DeadLetter> letters = flood(
                job,
                "joins",
                codec -> number ->
                        codec.encode(topics().manifests().name(), job.joined("sybil-" + number, "i-" + number)),
                JOINS);

        assertThat(reasons(letters)).containsExactly(Map.entry("not-invited", 2L * JOINS));
    }

    @Test
    void shouldAdmitNoMoreThanTheJobAllows() throws InterruptedException {
        TestJob job = job().with(spec -> spec.setMaxTrainers(50).setQuorum("3").setDeadlineMs(6_000));

        List<DeadLetter> letters = flood(
                job,
                "joins without a list",
                codec -> number ->
                        codec.encode(topics().manifests().name(), job.joined("sybil-" + number, "i-" + number)),
                JOINS);

        assertThat(reasons(letters)).containsEntry("too-many-trainers", 2L * JOINS - 50L + HonestRound.TRAINERS.size());
    }

    @Test
    void shouldCloseRoundsDuringThousandsOfUnknownSchemas() throws InterruptedException {
        List<DeadLetter> letters = flood(
                job(),
                "unknown schema ids",
                codec -> number -> ByteBuffer.allocate(6)
                        .put((byte) 0)
                        .putInt(1_000_000 + number)
                        .put((byte) 1)
                        .array(),
                UNKNOWN_IDS);

        assertThat(reasons(letters)).containsExactly(Map.entry("unknown-schema", 2L * UNKNOWN_IDS));
    }

    /** All of one trainer that takes part, and small when compressed. */
    @Test
    void shouldNotGrowOverEvaluations() throws InterruptedException {
        TestJob job = job();

        List<DeadLetter> letters = flood(
                job,
                "evaluations",
                codec -> {
                    byte[] one = codec.encode(topics().manifests().name(), job.evaluation("a", "i-a", 1));
                    return number -> one;
                },
                EVALUATIONS);

        assertThat(reasons(letters)).containsOnlyKeys("duplicate");
    }

    /** The least that one can send: an answer to each would be many times as large. */
    @Test
    void shouldCloseRoundsDuringThousandsOfSingleBytes() throws InterruptedException {
        byte[] one = {1};

        List<DeadLetter> letters = flood(job(), "single bytes", codec -> number -> one, SINGLE_BYTES);

        assertThat(reasons(letters)).containsExactly(Map.entry("unreadable", 2L * SINGLE_BYTES));
    }

    /** It may have to send again what is refused, so each is answered alone: the dearest records of a trainer. */
    @Test
    void shouldAnswerEachUpdateOfAnAdmittedTrainer() throws InterruptedException {
        TestJob job = job();

        List<DeadLetter> letters = flood(
                job,
                "late updates",
                codec -> {
                    byte[] one = codec.encode(topics().manifests().name(), job.manifest("a", "i-a", 1));
                    return number -> one;
                },
                UPDATES);

        assertThat(letters).hasSize(2 * UPDATES).allMatch(letter -> letter.getTrainer()
                .equals("a"));
    }

    private TestJob job() {
        return TestJob.create().with(spec -> spec.setName(name)
                .setRounds(6)
                .setRules(RulesVersion.NEWEST)
                .setDeadlineMs(120_000));
    }

    private JobTopics topics() {
        return new JobTopics(name, TestJob.PARTITIONS, 1);
    }

    /** A producer of values by their number. */
    private interface Records {
        IntFunction<byte[]> of(RecordCodec codec);
    }

    /**
     * A round undisturbed and one while all of that is written, first of trainers that send at once, then of trainers that
     * train for seconds; then a restart that has to read it.
     */
    private List<DeadLetter> flood(TestJob job, String what, Records records, int count) throws InterruptedException {
        Aggregators aggregators = new Aggregators(connection, name);
        List<Long> roundMs = new ArrayList<>();
        AtomicLong sentBytes = new AtomicLong();
        try (JobDriver driver = JobDriver.submit(connection, job)) {
            HonestRound.TRAINERS.forEach(driver::join);
            long before;
            try (JavaProcess aggregator = aggregators.start("one", directory, AS_LAUNCHED)) {
                HonestRound.run(driver, 1, () -> {});
                roundMs.add(HonestRound.run(driver, 2, () -> {}));
                before = bytes(topics().decisions());
                roundMs.add(HonestRound.run(driver, 3, () -> sentBytes.set(send(records, 0, count))));
                roundMs.add(HonestRound.run(driver, 4, TRAINING, () -> {}));
                roundMs.add(HonestRound.run(driver, 5, TRAINING, () -> send(records, count, count)));
                assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            }
            long from = System.nanoTime();
            try (JavaProcess aggregator = aggregators.start("one", directory, AS_LAUNCHED)) {
                HonestRound.run(driver, 6, () -> {});
                roundMs.add((System.nanoTime() - from) / 1_000_000);
                driver.await(JobFinished.class, finished -> true);
                assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            }
            System.out.printf(
                    "%,d %s, %,d bytes as sent: %d ms undisturbed, %d ms meanwhile; with training %d ms undisturbed,"
                            + " %d ms meanwhile; %d ms from a restart to the next adapter; %,d bytes of decisions,"
                            + " %,d of dead letters of both%n",
                    count,
                    what,
                    sentBytes.get(),
                    roundMs.get(0),
                    roundMs.get(1),
                    roundMs.get(2),
                    roundMs.get(3),
                    roundMs.get(4),
                    bytes(topics().decisions()) - before,
                    bytes(topics().deadLetters()));
            assertThat(Verifier.verify(connection, name).isSound()).isTrue();
            assertThat(driver.readAll(topics().decisions(), 0).stream().filter(TrainerAdmitted.class::isInstance))
                    .hasSizeLessThanOrEqualTo(
                            Math.max(HonestRound.TRAINERS.size(), job.spec().getMaxTrainers()));
            return driver.readAll(topics().deadLetters(), 0).stream()
                    .map(DeadLetter.class::cast)
                    .toList();
        }
    }

    /**
     * @param from number of the first record
     * @return bytes of the batches as they were sent
     */
    private long send(Records records, int from, int count) {
        Map<String, Object> config = new HashMap<>(connection.writerConfig());
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, 500_000);
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config)) {
            IntFunction<byte[]> values = records.of(codec);
            List<Future<RecordMetadata>> sent = IntStream.range(from, from + count)
                    .mapToObj(number -> producer.send(
                            new ProducerRecord<>(topics().manifests().name(), 0, null, values.apply(number))))
                    .toList();
            producer.flush();
            assertThat(sent).allMatch(Future::isDone);
            return producer.metrics().entrySet().stream()
                    .filter(metric -> metric.getKey().name().equals("byte-total")
                            && metric.getKey().group().equals("producer-topic-metrics"))
                    .mapToLong(metric -> ((Double) metric.getValue().metricValue()).longValue())
                    .sum();
        }
    }

    /** The bytes of all values of a topic. */
    private long bytes(Topic topic) {
        AtomicLong bytes = new AtomicLong();
        Map<TopicPartition, Long> starts = IntStream.range(0, topic.partitions())
                .boxed()
                .collect(Collectors.toMap(partition -> new TopicPartition(topic.name(), partition), partition -> 0L));
        try (LogReader reader = LogReader.open(connection, starts)) {
            reader.readToEnd(record -> bytes.addAndGet(record.serializedValueSize()));
        }
        return bytes.get();
    }

    private static Map<String, Long> reasons(List<DeadLetter> letters) {
        return letters.stream()
                .collect(Collectors.groupingBy(DeadLetter::getReason, Collectors.summingLong(DeadLetter::getRecords)));
    }
}
