package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.check.ClusterCheck;
import io.rondo.cli.check.Finding;
import io.rondo.cli.check.Role;
import io.rondo.cli.job.JobFile;
import io.rondo.cli.job.JobKeys;
import io.rondo.cli.rights.Quota;
import io.rondo.cli.security.ClusterRights;
import io.rondo.cli.security.SecureCluster;
import io.rondo.cli.security.SecurityDirectory;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.log.DeadLetter;
import io.rondo.log.JobSpec;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.CanonicalText;
import io.rondo.schemas.sign.KeyFile;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker with TLS, passwords and ACLs, and a registry behind certificates: a whole job with exactly the rights that the
 * command gives, and all that one who is admitted, or is not, tries beyond them.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecureJobIT {
    private static final String JOB = "secure";
    private static final JobTopics TOPICS = new JobTopics(JOB, TestJob.PARTITIONS, 1);
    /** Its topics begin with the name of the other: a prefix without the final dot would let trainers in. */
    private static final JobTopics NEIGHBOUR = new JobTopics(JOB + "-2", 1, 1);

    private static final List<String> TRAINERS = List.of("a", "b", "c");

    @TempDir
    private static Path directory;

    private static SecureCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = SecureCluster.start(
                EmbeddedSettings.in(directory.resolve("cluster")), credentials(), TRAINERS, List.of(JOB));
        try (Admin admin = cluster.as("admin").admin()) {
            admin.createTopics(Stream.of(NEIGHBOUR.manifests(), NEIGHBOUR.round(1), NEIGHBOUR.rounds())
                            .map(topic -> new NewTopic(topic.name(), 1, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    void shouldRunAWholeJobWithTheseRightsAndNoOthers() throws Exception {
        JobSpec spec = JobFile.of(List.of(
                "name=" + JOB,
                "rank=4",
                "rounds=2",
                "local-steps=2",
                "batch-size=8",
                "learning-rate=0.5",
                "labels=[no, yes]",
                "partitions=" + TestJob.PARTITIONS,
                "chunk-bytes=64",
                "quorum=100%",
                "deadline=60s",
                "min-trainers=" + TRAINERS.size(),
                "operator-key=" + key("operator").verifyingKey(),
                "aggregator-key=" + key("aggregator").verifyingKey()));
        PocketTrainerFactory factory = new PocketTrainerFactory();
        PocketFederation.Keys keys = new PocketFederation.Keys(
                Optional.of(key("operator")),
                Optional.of(key("aggregator")),
                TRAINERS.stream().collect(Collectors.toMap(trainer -> trainer, SecureJobIT::key)));
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch attacked = new CountDownLatch(1);

        try (PocketFederation federation = new PocketFederation(cluster::as, directory.resolve("job"), spec, keys)) {
            federation.submit(factory);
            JobKeys trainersKeys = new JobKeys(cluster.as("operator"), JOB, key("operator"), Duration.ofSeconds(60));
            keys.trainers().forEach((trainer, key) -> trainersKeys.add(trainer, key.verifyingKey()));
            federation.train("a", factory);
            federation.train("b", factory);
            federation.train("c", new GatedFactory(2, underWay::countDown, attacked));
            underWay.await();
            speakForOthers();
            attacked.countDown();
            federation.awaitEnd();
        }

        assertThat(values("operator", TOPICS.rounds(), RoundPublished.class))
                .filteredOn(published -> published.getRound() > 0)
                .allSatisfy(published -> assertThat(published.getMembers()).hasSameSizeAs(TRAINERS));
        assertThat(values("operator", TOPICS.deadLetters(), DeadLetter.class).stream()
                        .collect(Collectors.groupingBy(DeadLetter::getReason, Collectors.counting())))
                .isEqualTo(Map.of("bad-signature", 4L, "duplicate", 2L));
        assertThat(Verifier.verify(cluster.as("operator"), JOB).isSound()).isTrue();
        assertThat(failures("a", Role.TRAINER)).isEmpty();
        assertThat(failures("aggregator", Role.AGGREGATOR)).isEmpty();
        assertThat(failures("operator", Role.OPERATOR)).isEmpty();
    }

    /** Trainer a, with its own password and its own signing key, in the names of others, and with copies of what was sent. */
    private static void speakForOthers() throws Exception {
        List<SpecificRecord> sent = values("operator", TOPICS.manifests(), SpecificRecord.class);
        TrainerJoined joined = (TrainerJoined) sent.stream()
                .filter(record -> record instanceof TrainerJoined other
                        && other.getTrainer().equals("b"))
                .findFirst()
                .orElseThrow();
        UpdateManifest update = (UpdateManifest) sent.stream()
                .filter(record -> record instanceof UpdateManifest other
                        && other.getTrainer().equals("b"))
                .findFirst()
                .orElseThrow();
        RoundOpened opened =
                values("operator", TOPICS.rounds(), RoundOpened.class).get(0);
        TrainerJoined other = TrainerJoined.newBuilder(joined)
                .setIncarnation("of-a")
                .setSignature(null)
                .build();
        List<SpecificRecord> written = List.of(
                other,
                key("a").signed(TrainerJoined.newBuilder(other).build(), 0, CanonicalText.digest(opened)),
                TrainerJoined.newBuilder(other)
                        .setSignature(joined.getSignature())
                        .build(),
                UpdateManifest.newBuilder(update).setNumExamples(1L << 40).build(),
                joined,
                update);
        LogConnection a = cluster.as("a");
        try (RecordCodec codec = a.codec(SchemaRegistration.LOOK_UP_ONLY);
                Producer<byte[], byte[]> producer = a.producer()) {
            String topic = TOPICS.manifests().name();
            for (SpecificRecord record : written) {
                producer.send(new ProducerRecord<>(topic, 0, null, codec.encode(topic, record)))
                        .get();
            }
        }
    }

    @Test
    @Order(2)
    void shouldTakeNoRecordThatIsLargerThanTheLimit() {
        Map<String, Object> config = new HashMap<>(cluster.as("a").writerConfig());
        config.put("max.request.size", 16 << 20);
        try (Producer<byte[], byte[]> producer = cluster.as("a").producer(config)) {
            for (Topic topic : List.of(TOPICS.manifests(), TOPICS.round(1))) {
                assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic.name(), 0, null, new byte[8 << 20]))
                                .get())
                        .as(topic.name())
                        .hasCauseInstanceOf(RecordTooLargeException.class);
            }
        }
    }

    @Test
    @Order(2)
    void shouldLetATrainerWriteOnlyManifestsAndRoundTopicsOfItsJob() {
        assertThat(write("a", TOPICS.manifests())).isNull();
        assertThat(write("a", TOPICS.round(1))).isNull();
        for (Topic forbidden : List.of(
                TOPICS.commands(),
                TOPICS.decisions(),
                TOPICS.parts(),
                TOPICS.globalAdapter(),
                TOPICS.rounds(),
                TOPICS.deadLetters(),
                NEIGHBOUR.manifests(),
                NEIGHBOUR.round(1),
                NEIGHBOUR.rounds())) {
            assertThat(write("a", forbidden)).as(forbidden.name()).isInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    @Order(2)
    void shouldLetATrainerReadNoUpdatesAndNoDecisions() {
        assertThat(read("a", TOPICS.rounds())).isNull();
        for (Topic forbidden : List.of(
                TOPICS.round(1),
                TOPICS.manifests(),
                TOPICS.decisions(),
                TOPICS.parts(),
                TOPICS.deadLetters(),
                NEIGHBOUR.rounds())) {
            assertThat(read("a", forbidden)).as(forbidden.name()).isInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    @Order(2)
    void shouldLetATrainerCreateNothing() throws Exception {
        try (Admin admin = cluster.as("a").admin()) {
            for (String topic : List.of(TOPICS.round(999_999).name(), "rondo.secure.more", "other")) {
                assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                                .all()
                                .get())
                        .as(topic)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(TopicAuthorizationException.class);
            }
        }
    }

    @Test
    @Order(2)
    void shouldLetATrainerOpenNoTransaction() {
        LogConnection site = cluster.as("a");
        Map<String, Object> config = new HashMap<>(site.writerConfig());
        for (String id : List.of("mine", TOPICS.applicationId() + "-x")) {
            config.put("transactional.id", id);
            try (Producer<byte[], byte[]> producer = site.producer(config)) {
                assertThatThrownBy(producer::initTransactions)
                        .as(id)
                        .isInstanceOf(TransactionalIdAuthorizationException.class);
            }
        }
    }

    @Test
    @Order(2)
    void shouldLetTheAggregatorWriteNoManifestsAndNoCommands() {
        assertThat(write("aggregator", TOPICS.manifests())).isInstanceOf(TopicAuthorizationException.class);
        assertThat(write("aggregator", TOPICS.commands())).isInstanceOf(TopicAuthorizationException.class);
        assertThat(write("operator", TOPICS.rounds())).isInstanceOf(TopicAuthorizationException.class);
        assertThat(write("operator", TOPICS.decisions())).isInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    @Order(2)
    void shouldLetNobodyInWithAWrongPasswordWithoutTlsOrUnderAnotherName() {
        Map<String, String> site = cluster.as("a").kafkaConfig();
        String jaas = site.get("sasl.jaas.config");

        assertRefused(() -> with(
                        site, Map.of("sasl.jaas.config", jaas.replaceFirst("password=\"[^\"]+", "password=\"marked-9")))
                .admin());
        assertRefused(() -> with(site, Map.of("sasl.jaas.config", jaas.replace("\"a\"", "\"b\"")))
                .admin());
        assertThatThrownBy(() -> new LogConnection(
                                site.get("bootstrap.servers"), site.get("schema.registry.url"), Map.of())
                        .admin())
                .isInstanceOf(RondoException.class);
        assertThatThrownBy(() -> with(site, Map.of("security.protocol", "SASL_PLAINTEXT"))
                        .admin())
                .isInstanceOf(RondoException.class);
    }

    @Test
    @Order(2)
    void shouldTrustNoBrokerOfAnotherAuthority() {
        Map<String, String> site = cluster.as("a").kafkaConfig();
        Path other = directory.resolve("other-authority");
        try (SecurityDirectory foreign = SecurityDirectory.open(other)) {
            foreign.init(io.rondo.cli.security.SecurityRequest.local(
                    List.of("a"), site.get("bootstrap.servers"), "127.0.0.1:1", site.get("schema.registry.url")));
            Map<String, String> config = foreign.properties("a");

            assertRefused(
                    () -> new LogConnection(config.get("bootstrap.servers"), config.get("schema.registry.url"), config)
                            .admin());
            assertRegistryRefused(() -> lookUp(
                    new LogConnection(config.get("bootstrap.servers"), config.get("schema.registry.url"), config)));
        }
    }

    @Test
    @Order(2)
    void shouldLetATrainerReadTheRegistryAndNotChangeIt() {
        lookUp(cluster.as("a"));

        // under another subject the schema is new
        Map<String, String> naming =
                Map.of("value.subject.name.strategy", "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy");
        assertRegistryRefused(() -> register(with(cluster.as("a").kafkaConfig(), naming)));
        register(with(cluster.as("operator").kafkaConfig(), naming));
        Map<String, String> without = new HashMap<>(cluster.as("a").kafkaConfig());
        without.keySet().removeIf(key -> key.startsWith("schema.registry.ssl.keystore"));
        // the gate closes a connection without a certificate, which may look to a client as if nobody were there
        assertThatThrownBy(() -> lookUp(new LogConnection(
                        without.get("bootstrap.servers"), without.get("schema.registry.url"), without)))
                .asInstanceOf(type(RondoException.class))
                .satisfies(refusal ->
                        assertThat(refusal.code()).isIn(ErrorCode.REGISTRY_REFUSED, ErrorCode.REGISTRY_UNREACHABLE));
    }

    @Test
    @Order(2)
    void shouldKeepEverySecretToItsOwner() throws Exception {
        try (Stream<Path> files = Files.walk(credentials())) {
            assertThat(files).hasSizeGreaterThan(30).allSatisfy(file -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as(file.toString())
                    .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
                        directory.resolve("cluster").resolve("broker.properties"))))
                .isEqualTo("rw-------");
    }

    @Test
    @Order(3)
    void shouldTakeAnOldPasswordNoMoreAfterRotation() {
        LogConnection before = cluster.as("b");

        try (SecurityDirectory files = SecurityDirectory.existing(credentials())) {
            files.rotate("b");
            rights(files).apply(List.of(JOB));
        }

        assertRefused(before::admin);
        assertThat(failures("b", Role.TRAINER)).isEmpty();
    }

    @Test
    @Order(3)
    void shouldLetARevokedTrainerInNoMore() {
        LogConnection revoked = cluster.as("c");
        LogConnection byCertificate = certificateOf("c");
        assertThat(write(byCertificate, TOPICS.manifests())).isNull();

        try (SecurityDirectory files = SecurityDirectory.existing(credentials())) {
            files.revoke("c");
            rights(files).apply(List.of(JOB));
        }

        assertRefused(revoked::admin);
        assertThat(write(byCertificate, TOPICS.manifests())).isInstanceOf(TopicAuthorizationException.class);
        assertThat(credentials().resolve("clients/c/key.pem")).doesNotExist();
    }

    private static LogConnection certificateOf(String trainer) {
        try (SecurityDirectory files = SecurityDirectory.existing(credentials())) {
            Map<String, String> config = files.certificateProperties(trainer);
            return new LogConnection(config.get("bootstrap.servers"), config.get("schema.registry.url"), config);
        }
    }

    private static SigningKey key(String client) {
        return KeyFile.read(cluster.signingKey(client));
    }

    /** All records of a topic that are of a type; bytes that are no record are passed over. */
    private static <T extends SpecificRecord> List<T> values(String user, Topic topic, Class<T> type) {
        LogConnection connection = cluster.as(user);
        List<T> found = new ArrayList<>();
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
                LogReader reader = LogReader.open(connection, Map.of(new TopicPartition(topic.name(), 0), 0L))) {
            reader.readToEnd(record -> {
                if (codec.decode(topic.name(), record.value()) instanceof Decoded.Readable readable
                        && type.isInstance(readable.record())) {
                    found.add(type.cast(readable.record()));
                }
            });
        }
        return found;
    }

    private static ClusterRights rights(SecurityDirectory files) {
        return new ClusterRights(files, ClusterRights.admin(files), Quota.DEFAULT);
    }

    private static Path credentials() {
        return directory.resolve("credentials");
    }

    private static LogConnection with(Map<String, String> config, Map<String, String> changes) {
        Map<String, String> changed = new HashMap<>(config);
        changed.putAll(changes);
        return new LogConnection(changed.get("bootstrap.servers"), changed.get("schema.registry.url"), changed);
    }

    private static void lookUp(LogConnection connection) {
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            codec.encode(TOPICS.manifests().name(), new TrainerLeft("", "a", "", "", null));
        }
    }

    private static void register(LogConnection connection) {
        try (RecordCodec codec = connection.codec(SchemaRegistration.REGISTER)) {
            codec.encode(TOPICS.manifests().name(), new TrainerLeft("", "a", "", "", null));
        }
    }

    private static List<String> failures(String user, Role role) {
        return new ClusterCheck(cluster.as(user), role, Optional.of(JOB))
                .run().stream()
                        .filter(finding -> finding.state() == Finding.State.FAIL)
                        .map(Finding::line)
                        .toList();
    }

    private static Throwable write(String user, Topic topic) {
        return write(cluster.as(user), topic);
    }

    /** Why a record was not taken; null when it was. */
    private static Throwable write(LogConnection connection, Topic topic) {
        try (Producer<byte[], byte[]> producer = connection.producer()) {
            producer.send(new ProducerRecord<>(topic.name(), 0, null, new byte[] {1}))
                    .get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Why a topic cannot be read; null when it can. */
    private static Throwable read(String user, Topic topic) {
        LogConnection connection = cluster.as(user);
        TopicPartition partition = new TopicPartition(topic.name(), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = connection.consumer(connection.scannerConfig())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            for (int tries = 0; tries < 20; tries++) {
                if (!consumer.poll(Duration.ofSeconds(1)).isEmpty()) {
                    return null;
                }
            }
            return new AssertionError("no record and no refusal");
        } catch (KafkaException e) {
            return e;
        }
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(RondoException.class))
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("marked-9"))
                .returns(ErrorCode.BROKER_REFUSED, RondoException::code);
    }

    private static void assertRegistryRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.REGISTRY_REFUSED, RondoException::code);
    }
}
