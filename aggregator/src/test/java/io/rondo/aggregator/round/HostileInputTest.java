package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.AbortRequested;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.EvaluationReported;
import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundExtended;
import io.rondo.log.Signature;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a trainer may write under the rules that trust nobody. */
class HostileInputTest {
    private static final int LONGEST_TEXT = 400;

    private final TestJob job = TestJob.create().with(spec -> spec.setRules(2));
    private final CoordinatorHarness harness = CoordinatorHarness.withOpenRound(job, "a", "b", "c");

    static List<Arguments> joins() {
        return List.of(
                join("bad-field", joined -> joined.setNumExamples(-5), "numExamples is -5"),
                join("bad-field", joined -> joined.setNumExamples(Long.MAX_VALUE), "numExamples is"),
                join("bad-field", joined -> joined.setLastSyncRound(1), "lastSyncRound is 1, allowed are -1 to 0"),
                join("bad-field", joined -> joined.setLastSyncRound(-2), "lastSyncRound"),
                join("bad-field", joined -> joined.setSoftware("x".repeat(100_000)), "software has 100000 characters"),
                join("bad-trainer", joined -> joined.setIncarnation("i-a"), "is that of a"),
                join("bad-trainer", joined -> joined.setIncarnation("\u001b[2J"), "incarnation '\\u001b[2J'"),
                join("bad-field", joined -> joined.setSignature(signature(129)), "signature"));
    }

    private static Signature signature(int bytes) {
        return new Signature("Ed25519", "key", 1, ByteBuffer.allocate(bytes), 0L, null, null);
    }

    private static Arguments join(String reason, UnaryOperator<TrainerJoined.Builder> change, String detail) {
        return Arguments.of(reason, change, detail);
    }

    @ParameterizedTest
    @MethodSource("joins")
    void shouldRefuseAJoinWhoseFieldsAreOutOfBounds(
            String reason, UnaryOperator<TrainerJoined.Builder> change, String detail) {
        harness.manifest(
                change.apply(TrainerJoined.newBuilder(job.joined("d", "i-d"))).build());

        InputRefused refused = harness.last(InputRefused.class);
        assertThat(refused.getReason()).isEqualTo(reason);
        assertThat(refused.getDetail()).contains(detail).hasSizeLessThan(LONGEST_TEXT);
        assertThat(refused.getTrainer()).isEqualTo("d");
        harness.manifest(job.joined("d", "i-d"));
        assertThat(harness.last(TrainerAdmitted.class).getTrainer()).isEqualTo("d");
    }

    static List<Map<String, Double>> metrics() {
        Map<String, Double> many = new TreeMap<>();
        for (int i = 0; i < 65; i++) {
            many.put("metric" + i, 0.0);
        }
        return List.of(
                Map.of("loss", Double.NaN),
                Map.of("loss", Double.POSITIVE_INFINITY),
                Map.of("", 1.0),
                Map.of("x".repeat(10_000), 1.0),
                Map.of("a\nb", 1.0),
                many);
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void shouldRefuseMetricsThatAreNone(Map<String, Double> metrics) {
        harness.manifest(new EvaluationReported(TestJob.UUID, 0, "a", "i-a", metrics, null));
        harness.manifest(UpdateManifest.newBuilder(job.manifest("a", "i-a", 1))
                .setMetrics(metrics)
                .build());

        assertThat(harness.last(InputRefused.class).getReason()).isEqualTo("bad-metrics");
        assertThat(harness.last(InputRefused.class).getRound()).isZero();
        assertThat(harness.last(UpdateRejected.class).getReason()).isEqualTo("bad-metrics");
        assertThat(harness.last(UpdateRejected.class).getDetail()).hasSizeLessThan(LONGEST_TEXT);
    }

    @Test
    void shouldRecordTwoEvaluationsOfATrainerAndRound() {
        harness.manifest(job.evaluation("a", "i-a", 0));
        harness.manifest(job.evaluation("a", "i-a", 0));
        harness.manifest(job.evaluation("a", "i-a", 0));
        harness.manifest(job.evaluation("b", "i-b", 0));

        assertThat(harness.all(EvaluationRecorded.class))
                .extracting(EvaluationRecorded::getTrainer)
                .containsExactly("a", "a", "b");
        assertThat(harness.last(InputRefused.class).getReason()).isEqualTo("duplicate");
    }

    @Test
    void shouldRefuseWhatIsOfAnotherJob() {
        harness.manifest(new TrainerLeft("another", "a", "i-a", "", null));
        harness.manifest(new EvaluationReported("another", 0, "a", "i-a", Map.of(), null));

        assertThat(harness.all(InputRefused.class))
                .extracting(InputRefused::getReason)
                .containsExactly("wrong-job", "wrong-job");
        assertThat(harness.all(TrainerRemoved.class)).isEmpty();
    }

    @Test
    void shouldRefuseAReasonThatNobodyReads() {
        harness.manifest(new TrainerLeft(TestJob.UUID, "a", "i-a", "x".repeat(5_000), null));

        assertThat(harness.last(InputRefused.class).getReason()).isEqualTo("bad-field");
    }

    @Test
    void shouldNotLetATrainerEndTheIncarnationOfAnother() {
        harness.manifest(new TrainerLeft(TestJob.UUID, "b", "i-b", "", null));
        harness.manifest(job.joined("b", "i-a"));
        assertThat(harness.last(InputRefused.class).getReason()).isEqualTo("bad-trainer");
        // it may have been faster than the one whose incarnation it is
        harness.manifest(job.joined("b", "i-d"));
        harness.manifest(job.joined("b", "fresh"));
        harness.manifest(job.joined("d", "i-d"));

        assertThat(harness.last(TrainerAdmitted.class).getTrainer()).isEqualTo("d");
        harness.update("a", 1);
        assertThat(harness.last(UpdateAccepted.class).getManifest().getTrainer())
                .isEqualTo("a");
    }

    @Test
    void shouldTakeAnAttemptWhoseNameAnotherTrainerHasUsed() {
        harness.manifest(UpdateManifest.newBuilder(job.manifest("b", "i-b", 1))
                .setAttempt("a-attempt-1")
                .build());
        harness.update("a", 1);

        assertThat(harness.all(UpdateRejected.class)).isEmpty();
        assertThat(harness.last(UpdateAccepted.class).getManifest().getTrainer())
                .isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldTakeAnAttemptOnceUnderTheOlderRules(int rules) {
        TestJob older = TestJob.create().with(spec -> spec.setRules(rules));
        CoordinatorHarness old = CoordinatorHarness.withOpenRound(older, "a", "b", "c");
        old.manifest(UpdateManifest.newBuilder(older.manifest("b", "i-b", 1))
                .setAttempt("a-attempt-1")
                .build());
        old.update("a", 1);

        assertThat(old.last(UpdateRejected.class).getReason()).isEqualTo("duplicate");
    }

    @Test
    void shouldAdmitNoMoreTrainersThanTheJobAllows() {
        CoordinatorHarness small =
                CoordinatorHarness.withOpenRound(job.with(spec -> spec.setMaxTrainers(3)), "a", "b", "c");

        small.manifest(job.joined("d", "i-d"));
        assertThat(small.last(InputRefused.class).getReason()).isEqualTo("too-many-trainers");
        small.manifest(job.joined("a", "newer"));
        assertThat(small.last(TrainerAdmitted.class).getIncarnation())
                .as("one that is admitted may start again")
                .isEqualTo("newer");
        small.manifest(new TrainerLeft(TestJob.UUID, "b", "i-b", "", null));
        small.manifest(job.joined("d", "i-d"));
        assertThat(small.last(TrainerAdmitted.class).getTrainer()).isEqualTo("d");
    }

    @Test
    void shouldAdmitOnlyTheTrainersThatTheJobNames() {
        CoordinatorHarness named = CoordinatorHarness.withOpenRound(
                job.with(spec -> spec.setTrainers(List.of("a", "b", "c"))), "a", "b", "c");

        named.manifest(job.joined("d", "i-d"));

        assertThat(named.last(InputRefused.class).getReason()).isEqualTo("not-invited");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void shouldCountTheInitialAdapterThatTheJobNamesAlone(int rules) {
        TestJob named = job.with(spec -> spec.setRules(rules));
        CoordinatorHarness raced = new CoordinatorHarness(named);
        UpdateManifest own = named.initialManifest();
        raced.command(JobSubmitted.newBuilder(named.submitted())
                .setInitialDigest(own.getDigest())
                .build());

        raced.manifest(named.manifest(
                Identifiers.SUBMITTER,
                "",
                0,
                named.chunks(Identifiers.SUBMITTER, "faster", 0, named.values("x", 0)),
                9));
        raced.manifest(own);

        assertThat(raced.all(UpdateAccepted.class)).singleElement().satisfies(accepted -> assertThat(
                        accepted.getManifest().getDigest().equals(own.getDigest()))
                .as("before rules 3 whoever is faster counts")
                .isEqualTo(rules == 3));
        if (rules == 3) {
            assertThat(raced.all(UpdateRejected.class)).singleElement().satisfies(rejected -> {
                assertThat(rejected.getReason()).isEqualTo("bad-digest");
                assertThat(rejected.getDetail()).contains(Digests.hex(own.getDigest()));
            });
        }
    }

    static List<Arguments> jobs() {
        return List.of(
                job("max-trainers: 0", spec -> spec.setMaxTrainers(0)),
                job("max-trainers: 5001", spec -> spec.setMaxTrainers(5_001)),
                job("max-trainers: 10001", spec -> spec.setRules(5).setMaxTrainers(10_001)),
                job("min-trainers: 3, but max-trainers is 2", spec -> spec.setMaxTrainers(2)),
                job("trainers: 'A.b'", spec -> spec.setTrainers(List.of("a", "A.b", "c"))),
                job("min-trainers: 3, but trainers names 2", spec -> spec.setTrainers(List.of("a", "b"))));
    }

    private static Arguments job(String detail, UnaryOperator<JobSpec.Builder> change) {
        return Arguments.of(detail, change);
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void shouldRefuseAJobWhoseBoundsAreNone(String detail, UnaryOperator<JobSpec.Builder> change) {
        TestJob broken = job.with(change);
        CoordinatorHarness refusing = new CoordinatorHarness(broken);

        refusing.command(broken.submitted());

        assertThat(refusing.last(InputRefused.class).getDetail()).contains(detail);
        assertThat(refusing.all(JobStarted.class)).isEmpty();
    }

    @Test
    void shouldRefuseAJobWhoseRecordsWouldBeTooLarge() {
        AdapterLayout wide = new AdapterLayout(List.of(new TensorShape("q.lora_A", TensorRole.LORA_A, 4, 1_000)));
        JobSpec spec =
                job.with(small -> small.setMaxTrainers(5_000).setChunkBytes(4)).spec();
        CoordinatorHarness refusing = new CoordinatorHarness(job);

        refusing.command(new JobSubmitted(TestJob.UUID, spec, wide.toAvro(), wide.digest(), 0L, null, null, null));

        assertThat(refusing.last(InputRefused.class).getDetail())
                .contains("max-trainers 5000 and 4000 chunks need records of 1098000 bytes")
                .contains("raise chunk-bytes or lower max-trainers");
    }

    @Test
    void shouldAdmitTenThousandTrainersFromRules5On() {
        TestJob large = job.with(spec -> spec.setRules(5).setMaxTrainers(10_000));
        CoordinatorHarness accepting = new CoordinatorHarness(large);

        accepting.command(large.submitted());

        assertThat(accepting.all(JobStarted.class)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldNeverDecideWhatDoesNotFitIntoARecord(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 300; i++) {
            harness.manifest(anything(random));
        }
        harness.command(new AbortRequested(TestJob.UUID, text(random), 0L, null));

        for (SpecificRecord decision : harness.all(SpecificRecord.class)) {
            assertThat(bytes(decision)).as(decision.getSchema().getName()).isLessThan(10_000);
        }
    }

    /** A record that may be sound in all but one of its fields. */
    private SpecificRecord anything(SplittableRandom random) {
        String trainer = random.nextInt(4) == 0
                ? text(random)
                : List.of("a", "b", "c", "d").get(random.nextInt(4));
        String incarnation = random.nextInt(3) == 0 ? text(random) : "i-" + trainer;
        Map<String, Double> metrics = new TreeMap<>();
        for (int i = 0; i < random.nextInt(70); i++) {
            metrics.put(random.nextInt(20) == 0 ? text(random) : "metric" + i, random.nextDouble());
        }
        return switch (random.nextInt(4)) {
            case 0 ->
                TrainerJoined.newBuilder(job.joined(trainer, incarnation))
                        .setSoftware(text(random))
                        .setSignature(signature(random.nextInt(200_000)))
                        .build();
            case 1 -> new TrainerLeft(TestJob.UUID, trainer, incarnation, text(random), null);
            case 2 -> new EvaluationReported(TestJob.UUID, 0, trainer, incarnation, metrics, null);
            default ->
                UpdateManifest.newBuilder(job.manifest("a", "i-a", 1))
                        .setTrainer(trainer)
                        .setIncarnation(incarnation)
                        .setAttempt(random.nextBoolean() ? "attempt-" + random.nextInt(10) : text(random))
                        .setMetrics(metrics)
                        .setSignature(random.nextBoolean() ? null : signature(random.nextInt(200_000)))
                        .build();
        };
    }

    private static String text(SplittableRandom random) {
        int length = List.of(0, 1, 64, 65, 200, 201, 300, 301, 100_000).get(random.nextInt(9));
        return String.valueOf((char) random.nextInt(1, 0xd800)).repeat(length);
    }

    private static int bytes(SpecificRecord record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new SpecificDatumWriter<SpecificRecord>(record.getSchema()).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.size();
    }

    @Test
    void shouldAnswerAJoinToTheTrainerThatJoins() {
        TrainerAdmitted admitted = harness.last(TrainerAdmitted.class);
        assertThat(harness.told).contains(admitted);

        harness.manifest(TrainerJoined.newBuilder(job.joined("d", "i-d"))
                .setNumExamples(-1)
                .build());

        InputRefused refused = harness.last(InputRefused.class);
        assertThat(refused.getIncarnation()).isEqualTo("i-d");
        assertThat(harness.told).endsWith(refused);
        harness.manifest(job.evaluation("d", "i-d", 0));
        assertThat(harness.told).as("no answer to what is not a join").endsWith(refused);
    }

    /** Submitting again would send it again, and find that it is there. */
    @Test
    void shouldTakeTheFirstAdapterHoweverLongItsUploadTook() {
        CoordinatorHarness slow = new CoordinatorHarness(job);
        slow.command(job.submitted());
        slow.now += 10 * TestJob.DEADLINE_MS;
        slow.manifest(job.initialManifest());

        assertThat(slow.last(UpdateAccepted.class).getRound()).isZero();
    }

    @Test
    void shouldSayForWhomARoundWaits() {
        TestJob strict = job.with(spec -> spec.setQuorum("100%"));
        CoordinatorHarness waiting = CoordinatorHarness.withOpenRound(strict, "a", "b", "c");
        waiting.update("b", 1);
        waiting.manifest(new TrainerLeft(TestJob.UUID, "c", "i-c", "", null));
        waiting.manifest(job.joined("c", "i-c2"));

        waiting.now = waiting.open().getDeadline() + 1;
        waiting.clock();
        waiting.now += TestJob.DEADLINE_MS + 1;
        waiting.clock();

        assertThat(waiting.all(RoundExtended.class))
                .extracting(RoundExtended::getWaitsFor)
                .containsExactly(List.of("a", "c"), List.of("a", "c"));
        assertThat(waiting.all(RoundExtended.class))
                .extracting(RoundExtended::getUpdates)
                .containsExactly(1, 1);
        assertThat(waiting.all(RoundExtended.class))
                .extracting(RoundExtended::getExtension)
                .containsExactly(1, 2);
    }

    @Test
    void shouldShowWhatAStrangerWrote() {
        harness.command(new AbortRequested(TestJob.UUID, "no\u001b[31m\nmore " + "x".repeat(1_000), 0L, null));

        assertThat(harness.last(JobAborted.class).getReason())
                .startsWith("no\\u001b[31m\\u000amore")
                .hasSizeLessThan(LONGEST_TEXT);
        for (SpecificRecord decision : harness.all(SpecificRecord.class)) {
            assertThat(decision.toString()).doesNotContain("\u001b");
        }
    }
}
