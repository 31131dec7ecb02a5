package io.rondo.aggregator.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.log.AdapterStream;
import io.rondo.aggregator.log.JobRecords;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.log.AdapterChunk;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractObjectAssert;
import org.junit.jupiter.api.Test;

/** Lies here for its recorded jobs: tests of the log do not know the replay. */
class AdapterStreamTest {
    private static final MemoryJobLog SOUND = new RecordedJob(TestJob.create())
            .start()
            .soundRound(1)
            .soundRound(2)
            .log();
    private static final String TOPIC = SOUND.topics().globalAdapter().name();

    private final MemoryJobLog log = SOUND.copy();

    @Test
    void shouldGiveEveryRoundOfASoundLog() {
        assertThat(adapters(log)).hasSize(3).allSatisfy(adapter -> assertThat(adapter)
                .doesNotContain(0f));
    }

    @Test
    void shouldPassOverAChunkThatAppearsTwice() {
        List<List<Float>> sound = adapters(SOUND);
        for (List<LogEntry> partition : log.logs().get(TOPIC)) {
            for (int at = partition.size() - 1; at >= 0; at--) {
                partition.add(at, partition.get(at));
            }
        }

        assertThat(adapters(log)).isEqualTo(sound);
    }

    @Test
    void shouldRefuseAnAdapterThatLacksAChunkAndHasAnotherTwice() {
        List<LogEntry> partition = log.logs().get(TOPIC).get(1);
        partition.set(indexOf(7, 1), partition.get(indexOf(4, 1)));

        assertCorrupt(1).satisfies(e -> assertThat(e).hasMessageContaining("a chunk of round 1 is not in partition 1"));
    }

    @Test
    void shouldRefuseAChunkThatIsNotTheOnePublished() {
        change(4, 1, chunk -> AdapterChunk.newBuilder(chunk)
                .setValues(flipped(chunk.getValues()))
                .build());

        assertCorrupt(1).satisfies(e -> assertThat(e).hasMessageContaining("chunk 4 of round 1 is not the one"));
    }

    @Test
    void shouldRefuseAChunkThatTheRoundDoesNotHave() {
        change(4, 1, chunk -> AdapterChunk.newBuilder(chunk).setOrdinal(1_000).build());

        assertCorrupt(1).satisfies(e -> assertThat(e).hasMessageContaining("chunk 1000 of round 1 is not the one"));
    }

    @Test
    void shouldRefuseAChunkOfAnotherSize() {
        change(4, 1, chunk -> AdapterChunk.newBuilder(chunk)
                .setValues(ByteBuffer.allocate(4))
                .setDigest(Digests.of(new byte[4]))
                .build());

        assertCorrupt(1).satisfies(e -> assertThat(e).hasMessageContaining("chunk 4 of round 1 is not the one"));
    }

    @Test
    void shouldPassOverAnotherRevision() {
        List<List<Float>> sound = adapters(SOUND);
        for (List<LogEntry> partition : log.logs().get(TOPIC)) {
            for (LogEntry entry : List.copyOf(partition)) {
                AdapterChunk other = AdapterChunk.newBuilder(chunk(entry))
                        .setRevision(chunk(entry).getRevision() + 1)
                        .setValues(flipped(chunk(entry).getValues()))
                        .build();
                partition.add(partition.indexOf(entry), entry(entry.offset(), other));
            }
        }

        assertThat(adapters(log)).isEqualTo(sound);
    }

    @Test
    void shouldRefuseAPublicationThatDoesNotNameEveryChunk() {
        JobRecords records = JobRecords.read(log);
        RoundPublished published = records.publication(1);
        RoundPublished fewer = RoundPublished.newBuilder(published)
                .setChunkDigests(published.getChunkDigests().subList(1, 5))
                .build();

        try (AdapterStream stream = new AdapterStream(log, records.shape())) {
            assertThatThrownBy(() -> stream.of(fewer))
                    .asInstanceOf(type(RondoException.class))
                    .returns(ErrorCode.ADAPTER_CORRUPT, RondoException::code)
                    .satisfies(e -> assertThat(e).hasMessageContaining("names 4 chunk digests"));
        }
    }

    private static List<List<Float>> adapters(MemoryJobLog log) {
        JobRecords records = JobRecords.read(log);
        List<List<Float>> adapters = new ArrayList<>();
        try (AdapterStream stream = new AdapterStream(log, records.shape())) {
            for (RoundPublished published : records.publications()) {
                adapters.add(boxed(stream.of(published)));
            }
        }
        return adapters;
    }

    private static List<Float> boxed(float[] values) {
        List<Float> boxed = new ArrayList<>(values.length);
        for (float value : values) {
            boxed.add(value);
        }
        return boxed;
    }

    private AbstractObjectAssert<?, RondoException> assertCorrupt(int round) {
        return assertThatThrownBy(() -> JobRecords.read(log).adapter(round))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.ADAPTER_CORRUPT, RondoException::code);
    }

    private void change(int ordinal, int round, UnaryOperator<AdapterChunk> change) {
        List<LogEntry> partition =
                log.logs().get(TOPIC).get(ordinal % log.topics().partitions());
        int at = indexOf(ordinal, round);
        partition.set(at, entry(at, change.apply(chunk(partition.get(at)))));
    }

    private static int indexOf(int ordinal, int round) {
        List<LogEntry> partition =
                SOUND.logs().get(TOPIC).get(ordinal % SOUND.topics().partitions());
        for (int at = 0; at < partition.size(); at++) {
            AdapterChunk chunk = chunk(partition.get(at));
            if (chunk.getOrdinal() == ordinal && chunk.getRound() == round) {
                return at;
            }
        }
        throw new AssertionError("chunk " + ordinal + " of round " + round + " is not there");
    }

    private static AdapterChunk chunk(LogEntry entry) {
        return SOUND.codec().require(TOPIC, entry.value(), AdapterChunk.class);
    }

    private static LogEntry entry(long offset, AdapterChunk chunk) {
        return new LogEntry(offset, RecordedJob.START, null, SOUND.codec().encode(TOPIC, chunk));
    }

    private static ByteBuffer flipped(ByteBuffer values) {
        byte[] bytes = new byte[values.remaining()];
        values.duplicate().get(bytes);
        bytes[0] ^= 1;
        return ByteBuffer.wrap(bytes);
    }
}
