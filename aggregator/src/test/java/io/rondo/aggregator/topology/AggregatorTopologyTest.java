package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.fold.FakeRoundTopics;
import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.round.RulesVersion;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.AbortRequested;
import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.DeadLetter;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One partition, since the test driver runs one task of each kind; more of them meet a real broker elsewhere. */
class AggregatorTopologyTest {
    private static final long START = 1_700_000_000_000L;
    private static final long PATIENCE_MS = 20_000;

    @TempDir
    private Path directory;

    private final TestJob job =
            TestJob.create().with(spec -> spec.setPartitions(1).setRules(RulesVersion.NEWEST));
    private final JobTopics topics = new JobTopics(TestJob.NAME, 1, 1);
    private final FakeRoundTopics roundTopics = new FakeRoundTopics(1);
    private final InMemoryLog log = new InMemoryLog();
    private final RecordCodec codec = new InMemorySchemas().codec();
    private final List<Integer> prepared = new ArrayList<>();
    private final Map<String, List<SpecificRecord>> output = new HashMap<>();
    private final AtomicInteger over = new AtomicInteger();
    private long manifestsEnd = -1;
    private TopologyTestDriver driver;
    private long now = START;

    @BeforeEach
    void start() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.applicationId());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        driver = new TopologyTestDriver(
                new AggregatorTopology(
                                topics,
                                codec,
                                log,
                                from -> CompletableFuture.completedFuture(Math.max(manifestsEnd, from - 1)),
                                prepared::add,
                                (partition, results) -> new PartitionFold(
                                        partition,
                                        Strategies::installed,
                                        roundTopics,
                                        (from, offset, chunks) -> {},
                                        () -> 0L,
                                        results),
                                over::incrementAndGet)
                        .build(),
                properties,
                Instant.ofEpochMilli(now));
    }

    @AfterEach
    void stop() {
        driver.close();
        codec.close();
    }

    @Test
    void shouldPublishRoundsOfTheWholeCohort() {
        openRoundOne();

        upload("b", 1, UnaryOperator.identity());
        upload("a", 1, UnaryOperator.identity());
        upload("c", 1, UnaryOperator.identity());
        awaitPublished(1);

        RoundPublished published = last(topics.rounds(), RoundPublished.class);
        assertThat(published.getMembers()).extracting(CohortMember::getTrainer).containsExactly("b", "a", "c");
        List<AdapterChunk> chunks = all(topics.globalAdapter(), AdapterChunk.class).stream()
                .filter(chunk -> chunk.getRound() == 1)
                .toList();
        assertThat(job.assemble(1, chunks)).containsExactly(mean("b", "a", "c"));
        assertThat(published.getChunkDigests())
                .containsExactlyElementsOf(chunks.stream()
                        .sorted(java.util.Comparator.comparingInt(AdapterChunk::getOrdinal))
                        .map(AdapterChunk::getDigest)
                        .toList());
        assertThat(published.getDigest()).isEqualTo(Digests.ofDigests(published.getChunkDigests()));
        assertThat(prepared).contains(0, 1, 2);
    }

    @Test
    void shouldCloseAtTheDeadlineByTheWallClock() {
        openRoundOne();
        upload("a", 1, UnaryOperator.identity());
        upload("c", 1, UnaryOperator.identity());

        advance(TestJob.DEADLINE_MS + 100);

        assertThat(last(topics.decisions(), RoundClosed.class).getTrigger()).isEqualTo("deadline");
        awaitPublished(1);
    }

    @Test
    void shouldTellWhenTheJobIsOver() {
        openRoundOne();
        assertThat(over).hasValue(0);

        pipe(topics.commands(), new AbortRequested(TestJob.UUID, "enough", now, null), now);

        assertThat(last(topics.rounds(), JobAborted.class).getReason()).isEqualTo("enough");
        assertThat(over).hasPositiveValue();
    }

    @Test
    void shouldExtendWithoutAQuorum() {
        openRoundOne();
        upload("a", 1, UnaryOperator.identity());

        advance(TestJob.DEADLINE_MS + 100);

        assertThat(last(topics.rounds(), RoundExtended.class).getRound()).isEqualTo(1);
    }

    @Test
    void shouldNotCloseAtTheDeadlineBeforeAllThatWasOnTimeIsRead() {
        openRoundOne();
        upload("a", 1, UnaryOperator.identity());
        upload("b", 1, UnaryOperator.identity());
        long onTime = now;
        UpdateManifest unread = manifest("c", 1, UnaryOperator.identity());
        manifestsEnd = log.log(topics.manifests().name(), 0).size();

        advance(TestJob.DEADLINE_MS + 5_000);
        assertThat(last(topics.decisions(), RoundClosed.class).getRound()).isZero();
        pipe(topics.manifests(), unread, onTime);

        RoundClosed closed = last(topics.decisions(), RoundClosed.class);
        assertThat(closed.getRound()).isEqualTo(1);
        assertThat(closed.getMembers()).hasSize(3);
    }

    @Test
    void shouldReviseARoundWhenReadingShowsAFault() {
        openRoundOne();

        upload("a", 1, UnaryOperator.identity());
        upload(
                "b",
                1,
                chunk -> chunk.getOrdinal() == 4
                        ? TensorChunk.newBuilder(chunk).setCount(1).build()
                        : chunk);
        upload("c", 1, UnaryOperator.identity());
        awaitPublished(1);

        RoundPublished published = last(topics.rounds(), RoundPublished.class);
        assertThat(published.getMembers()).extracting(CohortMember::getTrainer).containsExactly("a", "c");
        UpdateRejected rejected = last(topics.rounds(), UpdateRejected.class);
        assertThat(rejected.getReason()).isEqualTo("wrong-shape");
        assertThat(rejected.getRevoked()).isTrue();
        assertThat(last(topics.deadLetters(), DeadLetter.class).getTrainer()).isEqualTo("b");
    }

    @Test
    void shouldBuryWhatCannotBeReadAndGoOn() {
        openRoundOne();

        pipeBytes(topics.manifests(), "no record".getBytes(java.nio.charset.StandardCharsets.UTF_8), now);
        pipeBytes(topics.manifests(), new byte[] {0, 0, 0, 0x7f, 0x7f, 1, 2, 3}, now);
        pipeBytes(topics.manifests(), null, now);
        pipeBytes(topics.commands(), new byte[0], now);
        List.of("a", "b", "c").forEach(trainer -> upload(trainer, 1, UnaryOperator.identity()));
        awaitPublished(1);

        List<DeadLetter> letters = all(topics.deadLetters(), DeadLetter.class);
        assertThat(letters)
                .extracting(DeadLetter::getReason)
                .containsExactly("unreadable", "unknown-schema", "unreadable", "unreadable");
        assertThat(letters.get(0).getTopic()).isEqualTo(topics.manifests().name());
        CharSequence buried = java.nio.charset.StandardCharsets.UTF_8.decode(
                letters.get(0).getValue().duplicate());
        assertThat(buried).hasToString("no record");
    }

    @Test
    void shouldAnswerTheEndOfAFloodByOneDecision() {
        openRoundOne();
        byte[] noise = {42};

        for (int i = 0; i < 250; i++) {
            pipeBytes(topics.manifests(), noise, now);
        }
        upload("a", 1, UnaryOperator.identity());
        pipeBytes(topics.manifests(), noise, now);
        advance(1_000);

        collect();
        List<DeadLetter> letters = all(topics.deadLetters(), DeadLetter.class);
        assertThat(letters).hasSize(102);
        assertThat(letters.subList(0, 100)).allMatch(letter -> letter.getRecords() == 1 && letter.getValue() != null);
        DeadLetter many = letters.get(100);
        assertThat(many.getRecords()).isEqualTo(150);
        assertThat(many.getTopic()).isEqualTo(topics.manifests().name());
        assertThat(many.getOffset()).isEqualTo(many.getFirstOffset() + 149);
        assertThat(many.getValue()).isNull();
        assertThat(many.getDetail()).startsWith("150 unreadable; the last: ");
        assertThat(letters.get(101).getRecords()).isEqualTo(1);
        assertThat(letters.get(101).getFirstOffset()).isEqualTo(many.getOffset() + 2);
        assertThat(last(topics.decisions(), InputRefused.class).getFirstOffset())
                .isEqualTo(letters.get(101).getFirstOffset());
    }

    @Test
    void shouldGoOnFromTheLogAloneWhenEverythingElseIsLost() {
        openRoundOne();
        upload("a", 1, UnaryOperator.identity());
        upload("b", 1, UnaryOperator.identity());
        driver.close();

        start();
        redeliver(topics.commands(), topics.manifests(), topics.parts());
        upload("c", 1, UnaryOperator.identity());
        awaitPublished(1);

        RoundPublished published = last(topics.rounds(), RoundPublished.class);
        assertThat(published.getMembers()).extracting(CohortMember::getTrainer).containsExactly("a", "b", "c");
        List<AdapterChunk> chunks = all(topics.globalAdapter(), AdapterChunk.class).stream()
                .filter(chunk -> chunk.getRound() == 1)
                .toList();
        assertThat(chunks).hasSize(job.flat(1).chunks());
        assertThat(job.assemble(1, chunks)).containsExactly(mean("a", "b", "c"));
        assertThat(all(topics.rounds(), RoundOpened.class))
                .extracting(RoundOpened::getRound)
                .containsExactly(0, 1, 2);
    }

    @Test
    void shouldAnswerInputsThatWereInTheLogBeforeItStarted() {
        openRoundOne();
        driver.close();
        for (String trainer : List.of("a", "b", "c")) {
            log.append(
                    topics.manifests().name(),
                    0,
                    now,
                    null,
                    codec.encode(topics.manifests().name(), manifest(trainer, 1, UnaryOperator.identity())));
        }

        start();
        redeliver(topics.parts());
        awaitPublished(1);

        assertThat(last(topics.rounds(), RoundPublished.class).getMembers()).hasSize(3);
    }

    @Test
    void shouldAnswerManyInputsSliceBySliceBeforeThoseThatCome() {
        openRoundOne();
        driver.close();
        for (int i = 0; i < 2_500; i++) {
            log.append(topics.manifests().name(), 0, now, null, new byte[] {(byte) i});
        }

        start();
        redeliver(topics.parts(), topics.manifests());
        List.of("a", "b", "c").forEach(trainer -> upload(trainer, 1, UnaryOperator.identity()));
        awaitPublished(1);

        assertThat(last(topics.rounds(), RoundPublished.class).getMembers())
                .extracting(CohortMember::getTrainer)
                .containsExactly("a", "b", "c");
        List<DeadLetter> letters = all(topics.deadLetters(), DeadLetter.class);
        assertThat(letters).isSortedAccordingTo(java.util.Comparator.comparingLong(DeadLetter::getOffset));
        assertThat(letters.stream().mapToLong(DeadLetter::getRecords).sum()).isEqualTo(2_500);
    }

    @Test
    void shouldAnswerInputsInTheOrderOfTheirTopicWhateverTheirTimestamps() {
        openRoundOne();
        driver.close();
        long earlier = now;
        for (String trainer : List.of("a", "b", "c")) {
            earlier--;
            log.append(
                    topics.manifests().name(),
                    0,
                    earlier,
                    null,
                    codec.encode(topics.manifests().name(), manifest(trainer, 1, UnaryOperator.identity())));
        }

        start();
        redeliver(topics.parts());
        awaitPublished(1);

        assertThat(last(topics.rounds(), RoundPublished.class).getMembers())
                .extracting(CohortMember::getTrainer)
                .containsExactly("a", "b", "c");
    }

    private void openRoundOne() {
        pipe(topics.commands(), job.submitted(), now);
        pipe(topics.manifests(), initialManifest(), now);
        awaitPublished(0);
        for (String trainer : List.of("a", "b", "c")) {
            pipe(topics.manifests(), job.joined(trainer, "i-" + trainer), now);
        }
        assertThat(last(topics.rounds(), RoundOpened.class).getRound()).isEqualTo(1);
    }

    private UpdateManifest initialManifest() {
        List<TensorChunk> chunks =
                job.chunks(Identifiers.SUBMITTER, "initial", 0, job.values(Identifiers.SUBMITTER, 0));
        return UpdateManifest.newBuilder(job.manifest(Identifiers.SUBMITTER, "", 0, chunks, 0))
                .setRanges(roundTopics.append(chunks))
                .build();
    }

    private void upload(String trainer, int round, UnaryOperator<TensorChunk> inTheLog) {
        pipe(topics.manifests(), manifest(trainer, round, inTheLog), now);
    }

    private UpdateManifest manifest(String trainer, int round, UnaryOperator<TensorChunk> inTheLog) {
        List<TensorChunk> chunks = job.chunks(trainer, "at-" + trainer, round, job.values(trainer, round));
        return UpdateManifest.newBuilder(job.manifest(trainer, "i-" + trainer, round, chunks, 0))
                .setRanges(roundTopics.append(chunks.stream().map(inTheLog).toList()))
                .build();
    }

    /** The mean of updates of equal weight, in plain arithmetic. */
    private float[] mean(String... trainers) {
        float[] mean = new float[job.flat(1).elements()];
        double weight = 101;
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (String trainer : trainers) {
                sum += weight * job.values(trainer, 1)[i];
            }
            mean[i] = (float) (sum / (weight * trainers.length));
        }
        return mean;
    }

    private void pipe(Topic topic, SpecificRecord record, long at) {
        pipeBytes(topic, codec.encode(topic.name(), record), at);
    }

    /** What Streams does when the committed offsets are lost. */
    private void redeliver(Topic... inputs) {
        for (Topic topic : inputs) {
            List.copyOf(log.log(topic.name(), 0)).forEach(entry -> give(topic, entry.value(), entry.timestamp()));
        }
        collect();
    }

    private void pipeBytes(Topic topic, byte[] value, long at) {
        log.append(topic.name(), 0, at, null, value);
        give(topic, value, at);
        collect();
    }

    private void give(Topic topic, byte[] value, long at) {
        TestInputTopic<byte[], byte[]> input =
                driver.createInputTopic(topic.name(), new ByteArraySerializer(), new ByteArraySerializer());
        input.pipeInput(new TestRecord<>(null, value, Instant.ofEpochMilli(at)));
    }

    private void advance(long milliseconds) {
        now += milliseconds;
        driver.advanceWallClockTime(Duration.ofMillis(milliseconds));
        collect();
    }

    /** Folds work on threads of their own, so their results need real time. */
    private void awaitPublished(int round) {
        await(() -> all(topics.rounds(), RoundPublished.class).stream()
                .anyMatch(published -> published.getRound() == round));
    }

    private void await(BooleanSupplier condition) {
        long giveUp = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("gave up waiting; output: %s", output)
                    .isLessThan(giveUp);
            Thread.onSpinWait();
            advance(5);
        }
    }

    /** Moves what the driver has written to the log. The driver itself feeds outputs that are inputs of the topology. */
    private void collect() {
        for (Topic topic : topics.fixed()) {
            var written =
                    driver.createOutputTopic(topic.name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
            while (!written.isEmpty()) {
                TestRecord<byte[], byte[]> record = written.readRecord();
                log.append(topic.name(), 0, record.timestamp(), record.key(), record.value());
                output.computeIfAbsent(topic.name(), name -> new ArrayList<>())
                        .add(codec.require(topic.name(), record.value(), SpecificRecord.class));
            }
        }
    }

    private <T extends SpecificRecord> List<T> all(Topic topic, Class<T> type) {
        return output.getOrDefault(topic.name(), List.of()).stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private <T extends SpecificRecord> T last(Topic topic, Class<T> type) {
        List<T> all = all(topic, type);
        assertThat(all).as("%s on %s", type.getSimpleName(), topic.name()).isNotEmpty();
        return all.get(all.size() - 1);
    }
}
