package io.rondo.schemas.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.AdapterChunk;
import io.rondo.log.DType;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.adapter.AdapterAssembly.Outcome;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdapterAssemblyTest {
    private static final int ROUND = 3;
    private static final int REVISION = 2;
    /** 24 elements in 5 chunks over 2 partitions; the last chunk has 4 elements. */
    private static final FlatLayout LAYOUT =
            FlatLayout.of(Layouts.small(), new SharingPolicy(Method.FEDSA, HeadPolicy.LOCAL), ROUND, 5, 2);

    private final List<AdapterChunk> chunks = chunks();
    private final AdapterAssembly assembly = AdapterAssembly.of(published(digests()), LAYOUT);

    @Test
    void shouldBeCompleteWithEveryChunkInAnyOrder() {
        Collections.shuffle(chunks, new Random(7));

        for (AdapterChunk chunk : chunks) {
            assertThat(assembly.isComplete()).isFalse();
            assertThat(assembly.has(chunk.getOrdinal())).isFalse();
            assertThat(assembly.add(chunk)).isEqualTo(Outcome.TAKEN);
            assertThat(assembly.has(chunk.getOrdinal())).isTrue();
        }
        assertThat(assembly.isComplete()).isTrue();
        assertThat(assembly.missing()).isEmpty();
    }

    @Test
    void shouldCountARepeatedChunkOnce() {
        for (int time = 0; time < LAYOUT.chunks(); time++) {
            assertThat(assembly.add(chunks.get(1))).isEqualTo(time == 0 ? Outcome.TAKEN : Outcome.REPEATED);
        }

        assertThat(assembly.isComplete()).isFalse();
        assertThat(assembly.missing()).containsExactly(0, 2, 3, 4);
    }

    @Test
    void shouldTellByPartitionWhatIsMissing() {
        assembly.add(chunks.get(1));
        assertThat(assembly.isComplete(1)).isFalse();

        assembly.add(chunks.get(3));

        assertThat(assembly.isComplete(1)).isTrue();
        assertThat(assembly.isComplete(0)).isFalse();
        assertThat(assembly.missing()).containsExactly(0, 2, 4);
    }

    @Test
    void shouldPassOverOtherRoundsAndRevisions() {
        assertThat(assembly.add(chunk(ROUND + 1, REVISION, 0, values(0)))).isEqualTo(Outcome.OTHER_ADAPTER);
        assertThat(assembly.add(chunk(ROUND, 1, 0, values(0)))).isEqualTo(Outcome.OTHER_ADAPTER);
        assertThat(assembly.add(chunk(ROUND, -REVISION, 0, values(0)))).isEqualTo(Outcome.OTHER_ADAPTER);
        assertThat(assembly.missing()).hasSize(LAYOUT.chunks());
    }

    @Test
    void shouldRefuseAnOrdinalThatTheRoundDoesNotHave() {
        for (int ordinal : new int[] {-1, LAYOUT.chunks(), Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThat(assembly.add(chunk(ROUND, REVISION, ordinal, values(0)))).isEqualTo(Outcome.UNKNOWN_ORDINAL);
            assertThat(assembly.has(ordinal)).isFalse();
        }
    }

    @Test
    void shouldRefuseAChunkOfAnotherSize() {
        assertThat(assembly.add(chunk(ROUND, REVISION, 0, new byte[4 * Float.BYTES])))
                .isEqualTo(Outcome.WRONG_SIZE);
        assertThat(assembly.add(chunk(ROUND, REVISION, 4, new byte[5 * Float.BYTES])))
                .isEqualTo(Outcome.WRONG_SIZE);
        assertThat(assembly.add(chunk(ROUND, REVISION, 0, new byte[0]))).isEqualTo(Outcome.WRONG_SIZE);
        assertThat(assembly.missing()).hasSize(LAYOUT.chunks());
    }

    @Test
    void shouldRefuseAnotherDigestWhateverTheChunkClaims() {
        AdapterChunk forged = chunk(ROUND, REVISION, 0, new byte[5 * Float.BYTES], Digests.of(values(0)));

        assertThat(assembly.add(forged)).isEqualTo(Outcome.WRONG_DIGEST);
        assertThat(assembly.missing()).contains(0);

        assembly.add(chunks.get(0));
        assertThat(assembly.add(forged)).isEqualTo(Outcome.WRONG_DIGEST);
        assertThat(assembly.has(0)).isTrue();
    }

    @Test
    void shouldLeaveTheValuesOfAChunkUnread() {
        ByteBuffer values = chunks.get(0).getValues();

        assembly.add(chunks.get(0));

        assertThat(values.position()).isZero();
        assertThat(values.remaining()).isEqualTo(5 * Float.BYTES);
    }

    @Test
    void shouldRefuseAPublicationThatDoesNotNameEveryChunk() {
        assertThatThrownBy(() -> AdapterAssembly.of(published(digests().subList(1, 5)), LAYOUT))
                .isInstanceOf(RondoException.class)
                .hasMessageContaining("names 4 chunk digests");
    }

    @Test
    void shouldNeedSomeChunksOnly() {
        AdapterAssembly some = AdapterAssembly.ofSome(ROUND, REVISION, LAYOUT, List.of(1, 3));

        assertThat(some.add(chunks.get(0))).isEqualTo(Outcome.NOT_WANTED);
        assertThat(some.add(chunks.get(3))).isEqualTo(Outcome.TAKEN);
        assertThat(some.missing()).containsExactly(1);
        assertThat(some.add(chunk(ROUND, REVISION, 1, new byte[4]))).isEqualTo(Outcome.WRONG_SIZE);
        assertThat(some.add(chunks.get(1))).isEqualTo(Outcome.TAKEN);
        assertThat(some.add(chunks.get(1))).isEqualTo(Outcome.REPEATED);
        assertThat(some.isComplete()).isTrue();
    }

    @Test
    void shouldHoldAChunkAgainstItsOwnDigestWhereNoneIsPublished() {
        AdapterAssembly some = AdapterAssembly.ofSome(ROUND, REVISION, LAYOUT, List.of(1, 3));
        AdapterChunk damaged = chunk(ROUND, REVISION, 1, new byte[5 * Float.BYTES], Digests.of(values(1)));

        assertThat(some.add(damaged)).isEqualTo(Outcome.WRONG_DIGEST);
        assertThat(some.missing()).containsExactly(1, 3);
    }

    @Test
    void shouldNotNeedAChunkThatTheRoundDoesNotHave() {
        assertThatThrownBy(() -> AdapterAssembly.ofSome(ROUND, REVISION, LAYOUT, List.of(5)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static List<AdapterChunk> chunks() {
        List<AdapterChunk> chunks = new ArrayList<>();
        for (int ordinal = 0; ordinal < LAYOUT.chunks(); ordinal++) {
            chunks.add(chunk(ROUND, REVISION, ordinal, values(ordinal)));
        }
        return chunks;
    }

    private static byte[] values(int ordinal) {
        FlatLayout.Chunk place = LAYOUT.chunk(ordinal);
        float[] values = new float[place.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = place.position() + i + 0.5f;
        }
        return TensorBytes.encode(DType.F32, values, 0, values.length);
    }

    private static AdapterChunk chunk(int round, int revision, int ordinal, byte[] values) {
        return chunk(round, revision, ordinal, values, Digests.of(values));
    }

    private static AdapterChunk chunk(int round, int revision, int ordinal, byte[] values, Sha256 digest) {
        return new AdapterChunk(
                round, revision, ordinal, 0L, values.length / Float.BYTES, ByteBuffer.wrap(values), digest, "adapter");
    }

    private static RoundPublished published(List<Sha256> digests) {
        return new RoundPublished(
                "",
                ROUND,
                REVISION,
                ROUND - 1,
                List.of(),
                (long) LAYOUT.elements(),
                digests,
                Digests.ofDigests(digests),
                List.of(),
                List.of(),
                0L,
                0L,
                0L,
                0L,
                Digests.of(),
                null);
    }

    private static List<Sha256> digests() {
        return chunks().stream().map(AdapterChunk::getDigest).toList();
    }
}
