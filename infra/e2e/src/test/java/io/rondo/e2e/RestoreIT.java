package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.cli.job.JobControl;
import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs that are hard to put back: with holes in their offsets, and of a job that has not ended. */
@WithCluster
class RestoreIT {
    private static final List<String> TRAINERS = List.of("a", "b", "c");
    private static final int ROUNDS = 3;

    private static EmbeddedCluster other;
    private static LogConnection restored;

    @TempDir
    private Path directory;

    private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
    private final TestJob job =
            TestJob.create().with(spec -> spec.setName(name).setRounds(ROUNDS).setDeadlineMs(600_000));
    private final JobTopics topics = new JobTopics(name, TestJob.PARTITIONS, 1);

    @BeforeAll
    static void startTheOtherCluster(@TempDir Path home) {
        other = EmbeddedCluster.start(EmbeddedSettings.in(home));
        restored = new LogConnection(other.bootstrapServers(), other.schemaRegistry(), Map.of());
    }

    @AfterAll
    static void stopTheOtherCluster() {
        other.close();
    }

    @Test
    @Tag("thorough")
    void shouldGiveEveryRecordItsOffsetAcrossHoles(LogConnection cluster) throws Exception {
        Topic manifests = topics.manifests();
        try (Admin admin = cluster.admin()) {
            cluster.topicCreator(admin).ensure(List.of(manifests, topics.round(1), topics.round(2)));
        }
        try (KafkaProducer<byte[], byte[]> strange = transactional(cluster);
                Running aggregator = new Running(cluster, "one")) {
            aggregator.start();
            abort(strange, manifests, 0, 1);
            for (int partition = 0; partition < TestJob.PARTITIONS; partition++) {
                abort(strange, topics.round(1), partition, 1 + 300 * partition);
            }
            try (JobDriver driver = JobDriver.submit(cluster, job)) {
                abort(strange, manifests, 0, 2);
                commit(strange, manifests, "in a transaction", "of two");
                commit(strange, manifests, "alone");
                TRAINERS.forEach(driver::join);
                for (int round = 1; round <= ROUNDS; round++) {
                    int opening = round;
                    driver.await(RoundOpened.class, opened -> opened.getRound() == opening);
                    for (String trainer : TRAINERS) {
                        abort(strange, topics.round(opening), opening % TestJob.PARTITIONS, opening);
                        driver.update(trainer, opening);
                        abort(strange, manifests, 0, opening);
                    }
                }
                driver.await(JobFinished.class, finished -> true);
            }
        }

        archiveAndRestore(cluster);

        assertThat(verified(restored).path("identical").asInt()).isEqualTo(ROUNDS + 1);
        List<Long> offsets = new ArrayList<>();
        try (LogReader reader = LogReader.open(cluster, Map.of(new TopicPartition(manifests.name(), 0), 0L))) {
            reader.readToEnd(record -> offsets.add(record.offset()));
        }
        assertThat(offsets.get(0)).as("the first record is behind a hole").isEqualTo(2);
        assertThat(IntStream.range(1, offsets.size()).mapToLong(i -> offsets.get(i) - offsets.get(i - 1) - 1))
                .as("holes of a marker, and longer ones")
                .contains(1L, 2L, 3L, 4L);
        everyRecordIsTheSame(cluster, ROUNDS);
    }

    @Test
    void shouldGoOnWithAJobThatWasArchivedInTheMiddleOfARound(LogConnection cluster) throws Exception {
        try (Running aggregator = new Running(cluster, "one");
                JobDriver driver = JobDriver.submit(cluster, job)) {
            aggregator.start();
            TRAINERS.forEach(driver::join);
            driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
            TRAINERS.forEach(trainer -> driver.update(trainer, 1));
            driver.await(RoundOpened.class, opened -> opened.getRound() == 2);
            driver.update("a", 2);
            control(cluster, JobControl.Action.PAUSE);

            archiveAndRestore(cluster);
        }

        everyRecordIsTheSame(cluster, 2);
        assertThat(verified(restored).path("identical").asInt()).isEqualTo(2);
        try (Running aggregator = new Running(restored, "two");
                JobDriver driver = JobDriver.attach(restored, job)) {
            aggregator.start();
            driver.update("b", 2);
            driver.update("c", 2);
            assertThat(driver.awaitPublished(2).getMembers()).hasSize(3);
            control(restored, JobControl.Action.RESUME);
            for (int round = 3; round <= ROUNDS; round++) {
                int opening = round;
                driver.await(RoundOpened.class, opened -> opened.getRound() == opening);
                TRAINERS.forEach(trainer -> driver.update(trainer, opening));
            }
            driver.await(JobFinished.class, finished -> true);
        }
        assertThat(verified(restored).path("identical").asInt()).isEqualTo(ROUNDS + 1);
    }

    private void archiveAndRestore(LogConnection cluster) throws Exception {
        String archive = directory.resolve("archive").toString();
        run(cluster, "archive", "--job", name, "--out", archive);
        run(restored, "restore", "--archive", archive);
    }

    private JsonNode verified(LogConnection connection) throws Exception {
        JsonNode verified = run(connection, "verify", "--job", name);
        assertThat(verified.path("sound").asBoolean()).isTrue();
        return verified;
    }

    private void control(LogConnection connection, JobControl.Action action) {
        assertThat(new JobControl(connection, Duration.ofMinutes(1)).request(name, action, "to move"))
                .isTrue();
    }

    private void everyRecordIsTheSame(LogConnection cluster, int last) {
        Stream.concat(topics.fixed().stream(), IntStream.rangeClosed(0, last).mapToObj(topics::round))
                .forEach(topic -> {
                    for (int partition = 0; partition < topic.partitions(); partition++) {
                        TopicPartition source = new TopicPartition(topic.name(), partition);
                        assertThat(records(restored, source))
                                .as(source.toString())
                                .isEqualTo(records(cluster, source));
                    }
                });
    }

    /** All that a record is, but for the id of its schema, which another registry may have to choose anew. */
    private static List<String> records(LogConnection connection, TopicPartition source) {
        List<String> all = new ArrayList<>();
        boolean isDeadLetter = source.topic().endsWith(".dead-letters");
        try (LogReader reader = LogReader.open(connection, Map.of(source, 0L))) {
            reader.readToEnd(record -> {
                StringBuilder headers = new StringBuilder();
                for (Header header : record.headers()) {
                    headers.append(header.key()).append('=').append(Arrays.toString(header.value()));
                }
                byte[] value = record.value();
                all.add(record.offset() + " " + record.timestamp() + " " + Arrays.toString(record.key()) + " " + headers
                        + " " + (isDeadLetter ? value.length : body(value)));
            });
        }
        return all;
    }

    private static String body(byte[] value) {
        return Arrays.toString(value != null && value.length > 5 ? Arrays.copyOfRange(value, 5, value.length) : value);
    }

    private static KafkaProducer<byte[], byte[]> transactional(LogConnection cluster) {
        Map<String, Object> config = new HashMap<>(cluster.writerConfig());
        config.put("transactional.id", UUID.randomUUID().toString());
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config);
        producer.initTransactions();
        return producer;
    }

    /** Takes so many offsets by records that count for nothing, and one more by the marker. */
    private static void abort(KafkaProducer<byte[], byte[]> producer, Topic topic, int partition, int records)
            throws Exception {
        producer.beginTransaction();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            sent.add(producer.send(new ProducerRecord<>(topic.name(), partition, new byte[] {9}, new byte[] {8, 7})));
        }
        producer.flush();
        for (Future<RecordMetadata> record : sent) {
            record.get();
        }
        producer.abortTransaction();
    }

    /** Noise with keys and headers, committed: the offset behind it is a marker's. */
    private static void commit(KafkaProducer<byte[], byte[]> producer, Topic topic, String... values) throws Exception {
        producer.beginTransaction();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (String value : values) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topic.name(), 0, new byte[] {1, 2}, value.getBytes(StandardCharsets.UTF_8));
            record.headers()
                    .add("from", "nobody".getBytes(StandardCharsets.UTF_8))
                    .add("empty", null);
            sent.add(producer.send(record));
        }
        producer.commitTransaction();
        for (Future<RecordMetadata> record : sent) {
            record.get();
        }
    }

    private static JsonNode run(LogConnection connection, String... command) throws Exception {
        return CommandLine.run(0, connection, command);
    }

    /** An aggregator of the job, for as long as this is open. */
    private final class Running implements AutoCloseable {
        private final AggregatorService service;
        private final Thread thread;

        Running(LogConnection connection, String instance) {
            service = AggregatorService.create(
                    new AggregatorSettings(connection, name, instance, directory.resolve(instance)));
            thread = new Thread(service::run, "aggregator-" + instance);
        }

        void start() {
            thread.start();
        }

        @Override
        public void close() {
            service.stop();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
