package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.job.JobFile;
import io.rondo.cli.job.JobKeys;
import io.rondo.cli.job.PolicyFile;
import io.rondo.log.DeadLetter;
import io.rondo.log.InputRefused;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.client.TopicCreator;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.CanonicalText;
import io.rondo.schemas.sign.Signatures;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import io.rondo.trainer.runtime.TrainerListener;
import io.rondo.trainer.runtime.TrainerService;
import io.rondo.trainer.runtime.TrainerServiceSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job whose records are signed, on a real broker, and those who may write to all of its topics but have no key of it. */
@WithCluster
class SignedJobIT {
    private static final SigningKey OPERATOR = SigningKey.generate();
    private static final SigningKey AGGREGATOR = SigningKey.generate();
    private static final SigningKey MALLORY = SigningKey.generate();
    private static final Map<String, SigningKey> TRAINERS =
            Map.of("a", SigningKey.generate(), "b", SigningKey.generate());
    private static final PocketFederation.Keys ALL_SIGN =
            new PocketFederation.Keys(Optional.of(OPERATOR), Optional.of(AGGREGATOR), TRAINERS);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private final String name = "signed-" + UUID.randomUUID().toString().substring(0, 8);
    private final JobTopics topics = new JobTopics(name, 2, 1);
    private LogConnection connection;

    @BeforeEach
    void connect(LogConnection cluster) {
        connection = cluster;
    }

    @Test
    void shouldRunASignedJobWhateverThoseWithoutAKeyWrite() throws Exception {
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch attacked = new CountDownLatch(1);
        try (PocketFederation federation = new PocketFederation(connection, directory, spec(name, 3), ALL_SIGN)) {
            JobSubmitted job = federation.submit(new PocketTrainerFactory());
            addKeys(name);
            federation.train("a", new PocketTrainerFactory());
            federation.train("b", new GatedFactory(2, underWay::countDown, attacked));
            underWay.await();
            attack(job);
            attacked.countDown();
            federation.awaitEnd();
        }

        List<SpecificRecord> rounds = records(topics.rounds());
        assertThat(rounds).noneMatch(UpdateRejected.class::isInstance).noneMatch(InputRefused.class::isInstance);
        assertThat(rounds)
                .filteredOn(record -> record instanceof RoundOpened || record instanceof RoundPublished)
                .allSatisfy(record -> assertThat(Signatures.problem(record, List.of(AGGREGATOR.verifyingKey())))
                        .isEmpty());
        assertThat(rounds).filteredOn(RoundPublished.class::isInstance).allSatisfy(round -> assertThat(
                        ((RoundPublished) round).getMembers())
                .hasSize(((RoundPublished) round).getRound() == 0 ? 1 : 2));
        Map<String, Long> letters = records(topics.deadLetters()).stream()
                .map(DeadLetter.class::cast)
                .collect(Collectors.groupingBy(DeadLetter::getReason, Collectors.counting()));
        assertThat(letters)
                .containsEntry("bad-signature", 5L)
                .containsEntry("duplicate", 2L)
                .hasSize(2);
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            assertThat(raw(topics.deadLetters()))
                    .filteredOn(record -> ((DeadLetter) decoded(codec, topics.deadLetters(), record))
                            .getReason()
                            .equals("bad-signature"))
                    .allSatisfy(record -> assertThat(record.value()).hasSizeLessThan(1024));
        }
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
    }

    /** Everything that one can do who may write to the topics, and knows all that is in them. */
    private void attack(JobSubmitted job) throws Exception {
        List<SpecificRecord> known = records(topics.rounds());
        RoundOpened open = (RoundOpened) known.stream()
                .filter(RoundOpened.class::isInstance)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
                Producer<byte[], byte[]> producer = connection.producer()) {
            TrainerJoined first = (TrainerJoined) records(topics.manifests()).stream()
                    .filter(record -> record instanceof TrainerJoined joined
                            && joined.getTrainer().equals("a"))
                    .findFirst()
                    .orElseThrow();
            TrainerJoined other = TrainerJoined.newBuilder(first)
                    .setIncarnation("false")
                    .setSignature(null)
                    .build();
            // in another's name: unsigned, with a key of one's own, and with the signature of another record
            send(producer, codec, topics.manifests(), other);
            send(
                    producer,
                    codec,
                    topics.manifests(),
                    MALLORY.signed(TrainerJoined.newBuilder(other).build(), 0, CanonicalText.digest(open)));
            send(
                    producer,
                    codec,
                    topics.manifests(),
                    TrainerJoined.newBuilder(other)
                            .setSignature(first.getSignature())
                            .build());
            // in one's own name
            send(
                    producer,
                    codec,
                    topics.manifests(),
                    MALLORY.signed(
                            TrainerJoined.newBuilder(other)
                                    .setTrainer("mallory")
                                    .build(),
                            0,
                            CanonicalText.digest(open)));
            // a second job of this name
            send(
                    producer,
                    codec,
                    topics.commands(),
                    JobSubmitted.newBuilder(job)
                            .setJobUuid(UUID.randomUUID().toString())
                            .build());
            // copies of what was sent
            for (ConsumerRecord<byte[], byte[]> record : raw(topics.manifests())) {
                SpecificRecord value = decoded(codec, topics.manifests(), record);
                if ((value instanceof UpdateManifest update
                                && update.getRound() == 1
                                && update.getTrainer().equals("a"))
                        || value.equals(first)) {
                    producer.send(new ProducerRecord<>(topics.manifests().name(), 0, null, record.value()))
                            .get();
                }
            }
        }
    }

    @Test
    @Tag("thorough")
    void shouldNotTakeRecordsOfAnotherJobOfTheSameTrainersAndOperator() throws Exception {
        String otherName = name + "-other";
        PocketFederation.Keys keys = new PocketFederation.Keys(Optional.of(OPERATOR), Optional.empty(), TRAINERS);
        try (PocketFederation other =
                new PocketFederation(connection, directory.resolve("other"), spec(otherName, 1, "\"\""), keys)) {
            other.submit(new PocketTrainerFactory());
            addKeys(otherName);
            TRAINERS.keySet().forEach(trainer -> other.train(trainer, new PocketTrainerFactory()));
            other.awaitEnd();
        }
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch attacked = new CountDownLatch(1);
        try (PocketFederation federation = new PocketFederation(connection, directory, spec(name, 1, "\"\""), keys)) {
            federation.submit(new PocketTrainerFactory());
            addKeys(name);
            federation.train("a", new PocketTrainerFactory());
            federation.train("b", new GatedFactory(1, underWay::countDown, attacked));
            underWay.await();
            int copies = 0;
            try (Producer<byte[], byte[]> producer = connection.producer()) {
                for (ConsumerRecord<byte[], byte[]> record : raw(new JobTopics(otherName, 2, 1).manifests())) {
                    producer.send(new ProducerRecord<>(topics.manifests().name(), 0, null, record.value()))
                            .get();
                    copies++;
                }
            }
            attacked.countDown();
            federation.awaitEnd();

            assertThat(records(topics.deadLetters()))
                    .hasSize(copies)
                    .allMatch(letter -> ((DeadLetter) letter).getReason().equals("wrong-job"));
        }
        assertThat(records(topics.rounds())).noneMatch(UpdateRejected.class::isInstance);
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
    }

    @Test
    @Tag("thorough")
    void shouldGoOnWithoutATrainerWhoseKeyIsRevoked() throws Exception {
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch revoked = new CountDownLatch(1);
        try (PocketFederation federation = new PocketFederation(connection, directory, spec(name, 2), ALL_SIGN)) {
            federation.submit(new PocketTrainerFactory());
            addKeys(name);
            federation.train("a", new PocketTrainerFactory());
            Future<?> other =
                    federation.serve("b", new GatedFactory(2, underWay::countDown, revoked), directory.resolve("b"));
            underWay.await();
            assertThat(new JobKeys(connection, name, OPERATOR, PATIENCE)
                            .revoke("b", TRAINERS.get("b").verifyingKey(), "for a test"))
                    .isTrue();
            revoked.countDown();

            assertThat(failure(other).code()).isEqualTo(ErrorCode.KEY_MISMATCH);
            federation.awaitEnd();
        }
        assertThat(JobKeys.list(connection, name).trainers()).containsOnlyKeys("a");
        RoundPublished last = (RoundPublished) records(topics.rounds()).stream()
                .filter(RoundPublished.class::isInstance)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        assertThat(last.getMembers()).hasSize(1).allMatch(member -> member.getTrainer()
                .equals("a"));
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
    }

    @Test
    @Tag("thorough")
    void shouldSendNothingToAJobThatTheSitesPolicyDoesNotAllow() throws Exception {
        JobSpec fedit =
                JobSpec.newBuilder(spec(name, 1, "\"\"")).setMethod("fedit").build();
        PocketFederation.Keys keys = new PocketFederation.Keys(Optional.of(OPERATOR), Optional.empty(), TRAINERS);
        try (PocketFederation federation = new PocketFederation(connection, directory, fedit, keys)) {
            federation.submit(new PocketTrainerFactory());
            addKeys(name);
            Path data = PocketFederation.writeData(directory, "a");
            Path policy = Files.writeString(directory.resolve("policy.yaml"), "metrics: []\nmethods: [fedsa]\n");
            TrainerServiceSettings settings = new TrainerServiceSettings(
                            connection,
                            name,
                            new SiteSettings(
                                    "a", TrainerFiles.of(data, data), directory, ComputeSettings.ofThreads(1), false),
                            directory.resolve("a"))
                    .signingWith(Optional.of(TRAINERS.get("a")))
                    .under(Optional.of(PolicyFile.read(policy)));
            TrainerService service = new TrainerService(settings, new PocketTrainerFactory(), new TrainerListener() {});

            assertThatThrownBy(service::run)
                    .hasMessageContaining("policy.yaml, line 2")
                    .satisfies(thrown ->
                            assertThat(((RondoException) thrown).code()).isEqualTo(ErrorCode.POLICY_REFUSED));
        }
        assertThat(records(topics.manifests()))
                .as("the initial adapter alone")
                .hasSize(1)
                .allMatch(UpdateManifest.class::isInstance);
        assertThat(raw(topics.round(1))).isEmpty();
    }

    /** The same submission in fresh topics, by the right aggregator: consistent in itself, and not what the trainer knew. */
    @Test
    @Tag("thorough")
    void shouldRefuseALogThatWasWrittenAnew() throws Exception {
        List<Topic> written = new ArrayList<>(topics.fixed());
        IntStream.rangeClosed(0, 2).mapToObj(topics::round).forEach(written::add);
        List<ConsumerRecord<byte[], byte[]>> kept = new ArrayList<>();
        try (PocketFederation federation = new PocketFederation(connection, directory, spec(name, 2), ALL_SIGN)) {
            federation.submit(new PocketTrainerFactory());
            addKeys(name);
            kept.addAll(raw(topics.commands()));
            kept.addAll(raw(topics.round(0)));
            TRAINERS.keySet().forEach(trainer -> federation.train(trainer, new PocketTrainerFactory()));
            federation.awaitEnd();
            kept.add(raw(topics.manifests()).get(0));
        }
        writeAnew(written, kept);

        try (PocketFederation again =
                new PocketFederation(connection, directory.resolve("again"), spec(name, 2), ALL_SIGN)) {
            Future<?> b = again.serve("b", new PocketTrainerFactory(), directory.resolve("fresh"));
            Future<?> fresh = again.serve("a", new PocketTrainerFactory(), directory.resolve("fresh-a"));
            b.get();
            fresh.get();
            assertThat(Verifier.verify(connection, name).isSound())
                    .as("consistent in itself")
                    .isTrue();

            RondoException refused = failure(again.serve("a", new PocketTrainerFactory(), directory.resolve("a")));

            assertThat(refused.code()).isEqualTo(ErrorCode.LOG_REWRITTEN);
            assertThat(refused).hasMessageContaining("round 2");
        }
    }

    private void writeAnew(List<Topic> all, List<ConsumerRecord<byte[], byte[]>> kept) throws Exception {
        try (Admin admin = connection.admin();
                Producer<byte[], byte[]> producer = connection.producer()) {
            // a static member stays when its process ends
            admin.removeMembersFromConsumerGroup(topics.applicationId(), new RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get();
            admin.deleteConsumerGroups(List.of(topics.applicationId())).all().get();
            TopicNames.delete(connection, all.stream().map(Topic::name).toList());
            TopicCreator creator = connection.topicCreator(admin);
            creator.ensure(all, 64);
            for (ConsumerRecord<byte[], byte[]> record : kept) {
                producer.send(new ProducerRecord<>(record.topic(), record.partition(), null, record.value()))
                        .get();
            }
        }
    }

    /** What a site keeps of an update that counted, and of one that was refused, is checked without a log. */
    @Test
    void shouldGiveReceiptsThatNeedNoLogAndNameNoOtherTrainer() throws Exception {
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(1);
        try (PocketFederation federation = new PocketFederation(connection, directory, spec(name, 1), ALL_SIGN)) {
            federation.submit(new PocketTrainerFactory());
            addKeys(name);
            assertThat(new JobKeys(connection, name, OPERATOR, PATIENCE).add("site-late", MALLORY.verifyingKey()))
                    .isTrue();
            federation.train("a", new PocketTrainerFactory());
            federation.train("b", new GatedFactory(1, underWay::countDown, refused));
            underWay.await();
            sendAnUpdateThatNobodyAskedFor("site-late");
            refused.countDown();
            federation.awaitEnd();
        }

        Path counted = directory.resolve("counted.json");
        JsonNode member = receipt(counted, "a");
        assertThat(member.path("counted").asBoolean()).isTrue();
        assertThat(member.path("updates").asInt()).isEqualTo(2);
        assertThat(member).isEqualTo(check(0, counted, AGGREGATOR));
        Path rejected = directory.resolve("rejected.json");
        JsonNode refusal = receipt(rejected, "site-late");
        assertThat(refusal.path("counted").asBoolean()).isFalse();
        assertThat(refusal.path("reason").asText()).isEqualTo("not-in-cohort");
        assertThat(refusal).isEqualTo(check(0, rejected, AGGREGATOR));
        // the ids of a and b are too short to look for in hexadecimal digits: as a field's value they would be quoted
        assertThat(Files.readString(counted)).doesNotContain("\"b\"").doesNotContain("site-late");
        assertThat(Files.readString(rejected)).doesNotContain("\"a\"").doesNotContain("\"b\"");

        assertThat(check(1, counted, OPERATOR).path("error").path("code").asText())
                .isEqualTo("verification-failed");
        Path changed = Files.writeString(
                directory.resolve("changed.json"),
                Files.readString(rejected).replace("\"round\" : 1", "\"round\" : 0"));
        assertThat(check(1, changed, AGGREGATOR).path("error").path("code").asText())
                .isEqualTo("verification-failed");
        assertThat(CommandLine.run(1, connection, List.of("receipt", "--round", "1", "--trainer", "nobody"), name)
                        .path("error")
                        .path("code")
                        .asText())
                .isEqualTo("no-receipt");
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
    }

    /** It joins while a round is open, which does not ask it, and leaves. */
    private void sendAnUpdateThatNobodyAskedFor(String trainer) throws Exception {
        RoundOpened open = (RoundOpened) records(topics.rounds()).stream()
                .filter(record -> record instanceof RoundOpened opened && opened.getRound() == 1)
                .findFirst()
                .orElseThrow();
        UpdateManifest initial = (UpdateManifest) records(topics.manifests()).get(0);
        TrainerJoined other = (TrainerJoined) records(topics.manifests()).stream()
                .filter(TrainerJoined.class::isInstance)
                .findFirst()
                .orElseThrow();
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
                Producer<byte[], byte[]> producer = connection.producer()) {
            List<SpecificRecord> sent = List.of(
                    TrainerJoined.newBuilder(other)
                            .setTrainer(trainer)
                            .setIncarnation("one")
                            .build(),
                    UpdateManifest.newBuilder(initial)
                            .setRound(1)
                            .setBaseRound(0)
                            .setTrainer(trainer)
                            .setIncarnation("one")
                            .build(),
                    new TrainerLeft(initial.getJobUuid(), trainer, "one", "", null));
            int sequence = 0;
            for (SpecificRecord record : sent) {
                send(
                        producer,
                        codec,
                        topics.manifests(),
                        MALLORY.signed(record, sequence++, CanonicalText.digest(open)));
            }
        }
    }

    private JsonNode receipt(Path file, String trainer) throws Exception {
        return CommandLine.run(
                0,
                connection,
                List.of("receipt", "--round", "1", "--trainer", trainer, "--out", file.toString()),
                name);
    }

    private static JsonNode check(int status, Path file, SigningKey aggregator) throws Exception {
        return CommandLine.run(
                status,
                List.of(
                        "verify",
                        "--receipt",
                        file.toString(),
                        "--aggregator-key",
                        aggregator.verifyingKey().toString()));
    }

    private void addKeys(String job) {
        JobKeys keys = new JobKeys(connection, job, OPERATOR, PATIENCE);
        TRAINERS.forEach((trainer, key) ->
                assertThat(keys.add(trainer, key.verifyingKey())).isTrue());
    }

    private static RondoException failure(Future<?> service) throws InterruptedException {
        try {
            service.get();
        } catch (ExecutionException e) {
            return (RondoException) e.getCause();
        }
        throw new AssertionError("it ended without a failure");
    }

    private static JobSpec spec(String job, int rounds) {
        return spec(job, rounds, AGGREGATOR.verifyingKey().toString());
    }

    private static JobSpec spec(String job, int rounds, String aggregator) {
        return JobFile.of(List.of(
                "name=" + job,
                "rank=4",
                "rounds=" + rounds,
                "local-steps=1",
                "batch-size=8",
                "learning-rate=0.01",
                "labels=[no, yes]",
                "partitions=2",
                "replication=1",
                "chunk-bytes=64",
                "min-trainers=2",
                "quorum=1",
                "deadline=2m",
                "operator-key=" + OPERATOR.verifyingKey(),
                "aggregator-key=" + aggregator));
    }

    private List<SpecificRecord> records(Topic topic) {
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            return raw(topic).stream()
                    .map(record -> decoded(codec, topic, record))
                    .toList();
        }
    }

    private static SpecificRecord decoded(RecordCodec codec, Topic topic, ConsumerRecord<byte[], byte[]> record) {
        return ((Decoded.Readable) codec.decode(topic.name(), record.value())).record();
    }

    private List<ConsumerRecord<byte[], byte[]>> raw(Topic topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<TopicPartition, Long> all = IntStream.range(0, topic.partitions())
                .boxed()
                .collect(Collectors.toMap(partition -> new TopicPartition(topic.name(), partition), partition -> 0L));
        try (LogReader reader = LogReader.open(connection, all)) {
            reader.readToEnd(records::add);
        }
        return records;
    }

    private static void send(Producer<byte[], byte[]> producer, RecordCodec codec, Topic topic, SpecificRecord record)
            throws Exception {
        producer.send(new ProducerRecord<>(topic.name(), 0, null, codec.encode(topic.name(), record)))
                .get();
    }
}
