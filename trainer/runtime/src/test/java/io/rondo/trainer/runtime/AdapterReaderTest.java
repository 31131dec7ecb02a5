package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.log.AdapterChunk;
import io.rondo.log.DType;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.api.AbstractObjectAssert;
import org.junit.jupiter.api.Test;

class AdapterReaderTest {
    private static final int BATCH = 5;

    private final Records records = Records.of("fedsa", 5);
    private final FederatedJob job = records.job();
    private final RecordCodec codec = new InMemorySchemas().codec();
    private final Map<Integer, List<byte[]>> log = new HashMap<>(Map.of(0, list(), 1, list(), 2, list()));
    private final List<Map<TopicPartition, Long>> opened = new ArrayList<>();
    /** How often the end is asked for before the brokers answer; until then nothing is read. */
    private int unanswered;

    private final AdapterReader reader = new AdapterReader(job, codec, FakeFeed::new, Duration.ofMillis(1));

    @Test
    void shouldReadRoundAfterRoundWithOneConsumer() {
        RoundPublished zero = write(0, 1);
        RoundPublished one = write(1, 1);
        RoundPublished two = write(2, 1);

        for (RoundPublished published : List.of(zero, one, two)) {
            assertThat(reader.read(published))
                    .isEqualTo(job.flat(published.getRound()).split(values(published.getRound(), 1)));
        }
        assertThat(opened.get(0)).containsEntry(new TopicPartition("rondo.test.global-adapter", 0), 0L);
    }

    @Test
    void shouldStartAtTheHint() {
        write(0, 1);
        write(1, 1);
        RoundPublished two = write(2, 1);

        reader.read(two);

        assertThat(opened).hasSize(1);
        assertThat(opened.get(0))
                .containsEntry(
                        new TopicPartition("rondo.test.global-adapter", 1),
                        two.getStartOffsets().get(1));
        assertThat(two.getStartOffsets().get(1)).isPositive();
    }

    @Test
    void shouldGoBackForAnEarlierRound() {
        RoundPublished zero = write(0, 1);
        RoundPublished one = write(1, 1);
        reader.read(one);

        assertThat(reader.read(zero)).isEqualTo(job.flat(0).split(values(0, 1)));
    }

    @Test
    void shouldTakeTheRevisionThatWasPublished() {
        write(1, 1);
        RoundPublished second = write(1, 2);

        assertThat(reader.read(RoundPublished.newBuilder(second)
                        .setStartOffsets(List.of(0L, 0L, 0L))
                        .build()))
                .isEqualTo(job.flat(1).split(values(1, 2)));
    }

    @Test
    void shouldReadFromTheBeginningWhenTheHintIsWrong() {
        RoundPublished published = write(1, 1);
        RoundPublished misleading = RoundPublished.newBuilder(published)
                .setStartOffsets(List.of(3L, 1_000L, -5L))
                .build();
        RoundPublished silent =
                RoundPublished.newBuilder(published).setStartOffsets(List.of()).build();

        assertThat(reader.read(misleading)).isEqualTo(job.flat(1).split(values(1, 1)));
        assertThat(reader.read(silent)).isEqualTo(job.flat(1).split(values(1, 1)));
    }

    @Test
    void shouldRefuseAChunkThatIsNotTheOnePublished() {
        RoundPublished published = write(1, 1);
        byte[] original = log.get(2).get(0);
        byte[] changed = original.clone();
        changed[changed.length / 2] ^= 1;
        log.get(2).set(0, changed);

        assertCorrupt(() -> reader.read(published)).satisfies(e -> assertThat(e).hasMessageContaining("chunk 2"));
    }

    @Test
    void shouldPassOverAChunkThatAppearsTwice() {
        RoundPublished published = write(1, 1);
        log.get(1).add(1, log.get(1).get(0));

        assertThat(reader.read(published)).isEqualTo(job.flat(1).split(values(1, 1)));
    }

    @Test
    void shouldRefuseAnAdapterThatLacksAChunkAndHasAnotherTwice() {
        RoundPublished published = write(1, 1);
        log.get(1).set(1, log.get(1).get(0));

        assertCorrupt(() -> reader.read(published)).satisfies(e -> assertThat(e)
                .hasMessageContaining("1 of " + job.flat(1).chunks()));
    }

    @Test
    void shouldRefuseAnAdapterWithoutAllItsChunks() {
        RoundPublished published = write(1, 1);
        log.get(1).remove(1);

        assertCorrupt(() -> reader.read(published)).satisfies(e -> assertThat(e)
                .hasMessageContaining("1 of " + job.flat(1).chunks()));
    }

    /** Brokers that do not answer have not said that a chunk is missing. */
    @Test
    void shouldWaitForBrokersThatDoNotAnswer() {
        RoundPublished published = write(1, 1);
        unanswered = 3;

        assertThat(reader.read(published)).isEqualTo(job.flat(1).split(values(1, 1)));
        assertThat(unanswered).isZero();
    }

    @Test
    void shouldRefuseAPublicationThatDoesNotFitTheJob() {
        RoundPublished published = write(1, 1);
        List<Sha256> fewer = published
                .getChunkDigests()
                .subList(1, published.getChunkDigests().size());

        assertCorrupt(() -> reader.read(
                RoundPublished.newBuilder(published).setChunkDigests(fewer).build()));
        assertCorrupt(() -> reader.read(RoundPublished.newBuilder(published)
                .setElements(published.getElements() + 1)
                .build()));
        assertCorrupt(() -> reader.read(
                RoundPublished.newBuilder(published).setDigest(Digests.of()).build()));
    }

    private static AbstractObjectAssert<?, RondoException> assertCorrupt(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable read) {
        return assertThatThrownBy(read)
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.ADAPTER_CORRUPT, RondoException::code);
    }

    private static List<byte[]> list() {
        return new ArrayList<>();
    }

    private float[] values(int round, int revision) {
        float[] values = new float[job.flat(round).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = round + revision / 2f + i / 1024f;
        }
        return values;
    }

    /** Appends the chunks of an adapter, and returns its publication. */
    private RoundPublished write(int round, int revision) {
        FlatLayout flat = job.flat(round);
        float[] values = values(round, revision);
        List<Long> starts =
                Stream.of(0, 1, 2).map(p -> (long) log.get(p).size()).toList();
        List<Sha256> digests = new ArrayList<>();
        for (int ordinal = 0; ordinal < flat.chunks(); ordinal++) {
            FlatLayout.Chunk place = flat.chunk(ordinal);
            byte[] bytes = TensorBytes.encode(DType.F32, values, place.position(), place.count());
            digests.add(Digests.of(bytes));
            AdapterChunk chunk = new AdapterChunk(
                    round,
                    revision,
                    ordinal,
                    (long) place.position(),
                    place.count(),
                    ByteBuffer.wrap(bytes),
                    digests.get(ordinal),
                    "adapter");
            log.get(flat.partitionOf(ordinal)).add(codec.encode("global-adapter", chunk));
        }
        return RoundPublished.newBuilder(records.published(round, digests, starts))
                .setRevision(revision)
                .build();
    }

    private final class FakeFeed implements AdapterReader.Feed {
        private final Map<TopicPartition, Long> positions;

        FakeFeed(Map<TopicPartition, Long> from) {
            this.positions = new HashMap<>(from);
            opened.add(Map.copyOf(from));
        }

        @Override
        public List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
            List<ConsumerRecord<byte[], byte[]>> polled = new ArrayList<>();
            if (unanswered > 0) {
                return polled;
            }
            for (TopicPartition partition : List.copyOf(positions.keySet())) {
                List<byte[]> values = log.get(partition.partition());
                long from = positions.get(partition);
                if (from > values.size()) {
                    throw new RondoException(ErrorCode.LOG_INCOMPLETE, "offset " + from, "");
                }
                long to = Math.min(values.size(), from + BATCH);
                for (long offset = from; offset < to; offset++) {
                    polled.add(new ConsumerRecord<>(
                            partition.topic(), partition.partition(), offset, null, values.get((int) offset)));
                }
                positions.put(partition, to);
            }
            return polled;
        }

        @Override
        public long position(TopicPartition partition) {
            return positions.get(partition);
        }

        @Override
        public long end(TopicPartition partition) {
            if (unanswered > 0) {
                unanswered--;
                throw new RondoException(ErrorCode.BROKER_UNREACHABLE, "no answer", "");
            }
            return log.get(partition.partition()).size();
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
