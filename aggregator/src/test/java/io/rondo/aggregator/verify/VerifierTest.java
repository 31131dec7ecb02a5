package io.rondo.aggregator.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.log.LogDifference;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.replay.MemoryJobLog;
import io.rondo.aggregator.replay.RecordedJob;
import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.DeadLetter;
import io.rondo.log.InputRefused;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundsArchived;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierTest {
    /** Three rounds with all that may happen to an update; round 2 is the troubled one. */
    private static final MemoryJobLog SOUND = new RecordedJob(TestJob.create())
            .start()
            .evaluate("a", 0)
            .soundRound(1)
            .troubledRound(2)
            .evaluate("b", 2)
            .log();

    @Test
    void shouldFindNothingInASoundLog() {
        VerificationReport report = new Verifier(SOUND).verify();

        assertThat(report.differences()).isEmpty();
        assertThat(report.isSound()).isTrue();
        assertThat(report.rounds()).extracting(RoundVerification::round).containsExactly(0, 1, 2);
        assertThat(report.rounds()).extracting(RoundVerification::updates).containsExactly(1, 3, 2);
        assertThat(report.notes()).isEmpty();
        assertThat(report.bytes()).isPositive();
    }

    /** The range of an archive of a whole job. */
    @Test
    void shouldNotSpeakOfOtherRoundsWhereThereAreNone() {
        Verifier all = new Verifier(SOUND, new RoundRange(0, 2), VerificationProgress.NONE);
        Verifier some = new Verifier(SOUND, new RoundRange(0, 1), VerificationProgress.NONE);

        assertThat(all.verify().notes()).isEmpty();
        assertThat(some.verify().notes()).singleElement().asString().contains("of other rounds");
    }

    @Test
    void shouldDecideAgainThatARoundOpenedForThoseWhoWereThere() {
        MemoryJobLog log = new RecordedJob(TestJob.create().with(spec -> spec.setRules(1)))
                .start()
                .soundRound(1)
                .roundOfWhoIsLeft(2)
                .log();
        assertThat(new Verifier(log).verify().differences()).isEmpty();
        assertThat(new Verifier(log).verify().rounds())
                .extracting(RoundVerification::updates)
                .containsExactly(1, 3, 1);

        String topic = log.topics().decisions().name();
        for (int partition = 0; partition < log.topics().partitions(); partition++) {
            for (LogEntry entry : List.copyOf(log.logs().get(topic).get(partition))) {
                if (log.codec().require(topic, entry.value(), SpecificRecord.class) instanceof RoundOpened opened
                        && opened.getCohort().equals(List.of("c"))) {
                    RoundOpened asking = RoundOpened.newBuilder(opened)
                            .setCohort(List.of("b", "c"))
                            .build();
                    byte[] other = log.codec().encode(topic, asking);
                    log.replace(topic, partition, new LogEntry(entry.offset(), entry.timestamp(), entry.key(), other));
                }
            }
        }

        assertThat(new Verifier(log).verify().differences())
                .extracting(LogDifference::what)
                .anyMatch(what -> what.contains("cohort is [b, c], and [c] follows"));
    }

    @Test
    void shouldDecideAgainWhatWasRefusedTogether() {
        MemoryJobLog log = flooded();

        assertThat(new Verifier(log).verify().differences()).isEmpty();
        assertThat(refusedTogether(log)).extracting(InputRefused::getRecords).containsExactly(4L, 2L);
        String letters = log.topics().deadLetters().name();
        assertThat(log.logs().get(letters).get(0))
                .extracting(entry -> log.codec()
                        .require(letters, entry.value(), DeadLetter.class)
                        .getRecords())
                .containsExactly(4L, 2L);
    }

    /** Whoever keeps an answer back could otherwise say that it was in the flood. */
    @Test
    void shouldFindThatMoreOrOthersWereRefusedTogether() {
        for (UnaryOperator<InputRefused.Builder> change : List.<UnaryOperator<InputRefused.Builder>>of(
                refused -> refused.setRecords(refused.getRecords() + 1),
                refused -> refused.setFirstOffset(refused.getFirstOffset() - 1),
                refused -> refused.setDetail("another"),
                refused -> refused.setRecords(1).setFirstOffset(-1))) {
            MemoryJobLog log = flooded();
            String topic = log.topics().decisions().name();
            for (int partition = 0; partition < log.topics().partitions(); partition++) {
                for (LogEntry entry : List.copyOf(log.logs().get(topic).get(partition))) {
                    if (log.codec().require(topic, entry.value(), SpecificRecord.class) instanceof InputRefused refused
                            && refused.getRecords() == 4) {
                        byte[] other = log.codec()
                                .encode(
                                        topic,
                                        change.apply(InputRefused.newBuilder(refused))
                                                .build());
                        log.replace(
                                topic, partition, new LogEntry(entry.offset(), entry.timestamp(), entry.key(), other));
                    }
                }
            }

            assertThat(new Verifier(log).verify().isSound()).isFalse();
        }
    }

    private static MemoryJobLog flooded() {
        return new RecordedJob(TestJob.create().with(spec -> spec.setRules(6)))
                .start()
                .flood()
                .soundRound(1)
                .log();
    }

    private static List<InputRefused> refusedTogether(MemoryJobLog log) {
        String topic = log.topics().decisions().name();
        return log.logs().get(topic).get(0).stream()
                .map(entry -> log.codec().require(topic, entry.value(), SpecificRecord.class))
                .filter(InputRefused.class::isInstance)
                .map(InputRefused.class::cast)
                .toList();
    }

    /** Any bit of any record, but for chunks of updates that do not count: nothing in the log vouches for those. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldFindEverySingleChangedBit(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Set<String> counted = countedAttempts();
        List<String> missed = new ArrayList<>();
        SOUND.logs().forEach((topic, partitions) -> {
            for (int partition = 0; partition < partitions.size(); partition++) {
                for (LogEntry entry : partitions.get(partition)) {
                    int bit = random.nextInt(entry.value().length * 8);
                    boolean isVouched = !(decode(topic, entry) instanceof TensorChunk chunk)
                            || counted.contains(chunk.getAttempt());
                    if (isVouched
                            && new Verifier(withBit(topic, partition, entry, bit))
                                    .verify()
                                    .isSound()) {
                        missed.add("bit " + bit + " of " + topic + ", partition " + partition + ", offset "
                                + entry.offset());
                    }
                }
            }
        });
        assertThat(missed).isEmpty();
    }

    @Test
    void shouldNameTrainerTensorAndOffsetOfAChangedChunk() {
        MemoryJobLog changed = SOUND.copy();
        String topic = SOUND.topics().round(1).name();
        LogEntry entry = SOUND.logs().get(topic).get(2).get(3);
        TensorChunk chunk = (TensorChunk) decode(topic, entry);
        put(
                changed,
                topic,
                2,
                entry,
                TensorChunk.newBuilder(chunk)
                        .setValues(ByteBuffer.wrap(flipped(chunk.getValues())))
                        .build());

        VerificationReport report = new Verifier(changed).verify();

        LogDifference difference = report.differences().get(0);
        assertThat(difference.round()).isEqualTo(1);
        assertThat(difference.trainer()).isEqualTo(chunk.getTrainer());
        assertThat(difference.topic()).isEqualTo(topic);
        assertThat(difference.partition()).isEqualTo(2);
        assertThat(difference.offset()).isEqualTo(3);
        assertThat(difference.tensor()).isEqualTo("q.lora_A");
        assertThat(difference.what()).contains("bad-digest");
        assertThat(report.identical()).isEqualTo(2);
    }

    @Test
    void shouldNameTheElementOfAChangedAdapter() {
        MemoryJobLog changed = SOUND.copy();
        String topic = SOUND.topics().globalAdapter().name();
        LogEntry entry = SOUND.logs().get(topic).get(1).stream()
                .filter(each -> ((AdapterChunk) decode(topic, each)).getOrdinal() == 7)
                .findFirst()
                .orElseThrow();
        AdapterChunk chunk = (AdapterChunk) decode(topic, entry);
        byte[] values = flipped(chunk.getValues());
        put(
                changed,
                topic,
                1,
                entry,
                AdapterChunk.newBuilder(chunk)
                        .setValues(ByteBuffer.wrap(values))
                        .setDigest(Digests.of(values))
                        .build());

        LogDifference difference = new Verifier(changed).verify().differences().get(0);

        // chunk 7 begins at element 56 of the vector: 40 of q.lora_A, then 36 of v.lora_A
        assertThat(difference.tensor()).isEqualTo("v.lora_A");
        assertThat(difference.element()).isEqualTo(56 - 40 + 2);
        assertThat(difference.toString()).contains("round 0", "tensor v.lora_A from element 18", "offset");
    }

    @Test
    void shouldTellAnArchivedRoundFromALostOne() {
        MemoryJobLog changed = SOUND.copy();
        changed.logs().remove(SOUND.topics().round(1).name());
        changed.logs().remove(SOUND.topics().round(2).name());
        byte[] archived = SOUND.codec()
                .encode(
                        SOUND.topics().commands().name(),
                        new RoundsArchived(TestJob.UUID, 0, 1, Digests.of(new byte[] {7}), 0L, null));
        changed.append(SOUND.topics().commands(), 0, null, archived, RecordedJob.START);

        VerificationReport report = new Verifier(changed).verify();

        assertThat(report.rounds())
                .extracting(RoundVerification::outcome)
                .containsExactly(
                        RoundVerification.Outcome.IDENTICAL,
                        RoundVerification.Outcome.ARCHIVED,
                        RoundVerification.Outcome.NOT_IN_LOG);
        assertThat(report.differences()).isEmpty();
        assertThat(report.isSound()).isFalse();
        assertThat(report.firstProblem()).contains("round.000002");
        assertThat(report.notes())
                .anyMatch(note -> note.contains("rounds 0 to 1 were archived")
                        && note.contains(Digests.hex(Digests.of(new byte[] {7}))));
        assertThat(new Verifier(changed, new RoundRange(0, 1), VerificationProgress.NONE)
                        .verify()
                        .isSound())
                .isTrue();
    }

    @Test
    void shouldFoldOnlyTheRoundsAskedForAndCheckTheChainFromTheStart() {
        MemoryJobLog changed = SOUND.copy();
        String rounds = SOUND.topics().round(1).name();
        LogEntry chunk = SOUND.logs().get(rounds).get(0).get(0);
        changed.replace(rounds, 0, bit(chunk, chunk.value().length * 8 - 300));

        VerificationReport second = new Verifier(changed, new RoundRange(2, 2), VerificationProgress.NONE).verify();
        assertThat(second.isSound()).isTrue();
        assertThat(second.rounds()).extracting(RoundVerification::round).containsExactly(2);
        assertThat(second.notes()).singleElement().asString().contains("the chain were checked from round 0");
        assertThat(second.bytes()).isLessThan(new Verifier(SOUND).verify().bytes());

        String manifests = SOUND.topics().manifests().name();
        MemoryJobLog other =
                withBit(manifests, 0, SOUND.logs().get(manifests).get(0).get(0), 60);
        assertThat(new Verifier(other, new RoundRange(2, 2), VerificationProgress.NONE)
                        .verify()
                        .isSound())
                .isFalse();
    }

    @Test
    void shouldSayWhichUpdatesAreGone() {
        MemoryJobLog archived = SOUND.copy();
        archived.logs().remove(SOUND.topics().round(1).name());

        VerificationReport report = new Verifier(archived).verify();

        assertThat(report.differences()).isEmpty();
        assertThat(report.rounds().get(1).outcome()).isEqualTo(RoundVerification.Outcome.NOT_IN_LOG);
        assertThat(report.notes()).singleElement().asString().contains("the first of them round 1");
        assertThat(report.isSound()).isFalse();
    }

    @Test
    void shouldReadADecisionFromACopyWhereTheFirstCannotBeRead() {
        String decisions = SOUND.topics().decisions().name();
        LogEntry entry = SOUND.logs().get(decisions).get(0).get(3);
        MemoryJobLog changed = SOUND.copy();
        changed.replace(decisions, 0, new LogEntry(entry.offset(), entry.timestamp(), entry.key(), new byte[] {0, 1}));

        VerificationReport report = new Verifier(changed).verify();

        assertThat(report.differences())
                .extracting(LogDifference::what)
                .anyMatch(what -> what.contains("decision 3 cannot be read"));
        assertThat(report.identical()).isEqualTo(3);
    }

    @Test
    void shouldSayWhichFieldOfADecisionDoesNotFollow() {
        String decisions = SOUND.topics().decisions().name();
        MemoryJobLog changed = SOUND.copy();
        LogEntry entry = SOUND.logs().get(decisions).get(0).stream()
                .filter(each -> decode(decisions, each) instanceof UpdateRejected)
                .findFirst()
                .orElseThrow();
        UpdateRejected rejected = (UpdateRejected) decode(decisions, entry);
        for (int partition = 0; partition < TestJob.PARTITIONS; partition++) {
            put(
                    changed,
                    decisions,
                    partition,
                    entry,
                    UpdateRejected.newBuilder(rejected).setReason("late").build());
        }

        List<LogDifference> differences = new Verifier(changed).verify().differences();

        assertThat(differences).anySatisfy(difference -> assertThat(difference.toString())
                .contains("round 2, trainer b", "reason is late, and wrong-shape follows"));
    }

    private static Set<String> countedAttempts() {
        Set<String> attempts = new HashSet<>();
        String rounds = SOUND.topics().rounds().name();
        SOUND.logs().get(rounds).get(0).forEach(entry -> {
            if (decode(rounds, entry) instanceof RoundPublished published) {
                published.getMembers().stream().map(CohortMember::getAttempt).forEach(attempts::add);
            }
        });
        return attempts;
    }

    private static SpecificRecord decode(String topic, LogEntry entry) {
        return ((Decoded.Readable) SOUND.codec().decode(topic, entry.value())).record();
    }

    private static void put(MemoryJobLog log, String topic, int partition, LogEntry entry, SpecificRecord record) {
        log.replace(
                topic,
                partition,
                new LogEntry(
                        entry.offset(),
                        entry.timestamp(),
                        entry.key(),
                        SOUND.codec().encode(topic, record)));
    }

    private static MemoryJobLog withBit(String topic, int partition, LogEntry entry, int bit) {
        MemoryJobLog changed = SOUND.copy();
        changed.replace(topic, partition, bit(entry, bit));
        return changed;
    }

    private static LogEntry bit(LogEntry entry, int bit) {
        byte[] value = entry.value().clone();
        value[bit / 8] ^= (byte) (1 << bit % 8);
        return new LogEntry(entry.offset(), entry.timestamp(), entry.key(), value);
    }

    /** The values with another sign in the third. */
    private static byte[] flipped(ByteBuffer values) {
        byte[] bytes = new byte[values.remaining()];
        values.duplicate().get(bytes);
        bytes[2 * Float.BYTES + 3] ^= (byte) 0x80;
        return bytes;
    }
}
