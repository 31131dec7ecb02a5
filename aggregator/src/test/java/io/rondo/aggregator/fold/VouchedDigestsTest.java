package io.rondo.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.AdapterChunk;
import io.rondo.log.ChunkDigest;
import io.rondo.log.PartFolded;
import io.rondo.log.Sha256;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VouchedDigestsTest {
    private final VouchedDigests vouched = new VouchedDigests(List.of("first", "second"));

    @Test
    void shouldKnowTheChunksOfAPartAndTheStateThatFollowsEach() {
        vouched.add(part(digest("2"), digest("5"), digest("2/first"), digest("2/second"), digest("5/first")));

        assertThat(vouched.contradict(chunk(3, 1, 2, "adapter", digest("2")))).isFalse();
        assertThat(vouched.contradict(chunk(3, 1, 2, "adapter", digest("5")))).isTrue();
        assertThat(vouched.contradict(chunk(3, -1, 2, "second", digest("2/second"))))
                .isFalse();
        assertThat(vouched.contradict(chunk(3, -1, 2, "second", digest("2/first"))))
                .isTrue();
        assertThat(vouched.contradict(chunk(3, -1, 5, "first", digest("2/first"))))
                .isTrue();
    }

    @Test
    void shouldContradictNothingThatNoPartNames() {
        vouched.add(part(digest("2"), digest("5")));

        assertThat(vouched.contradict(chunk(3, 2, 2, "adapter", digest("x")))).isFalse();
        assertThat(vouched.contradict(chunk(4, 1, 2, "adapter", digest("x")))).isFalse();
        assertThat(vouched.contradict(chunk(3, -1, 2, "first", digest("x")))).isFalse();
    }

    @Test
    void shouldTakeAChunkThatOneOfSeveralPartsNames() {
        vouched.add(part(digest("x"), digest("5")));
        vouched.add(part(digest("2"), digest("5")));

        assertThat(vouched.contradict(chunk(3, 1, 2, "adapter", digest("2")))).isFalse();
        assertThat(vouched.contradict(chunk(3, 1, 2, "adapter", digest("y")))).isTrue();
    }

    @Test
    void shouldForgetRoundsThatHoldNothingAnyMore() {
        vouched.add(part(digest("2"), digest("5")));

        vouched.keep(Set.of(4));

        assertThat(vouched.contradict(chunk(3, 1, 2, "adapter", digest("x")))).isFalse();
    }

    private static PartFolded part(Sha256 two, Sha256 five, Sha256... state) {
        return new PartFolded(
                3,
                1,
                2,
                List.of(new ChunkDigest(2, two), new ChunkDigest(5, five)),
                0L,
                1,
                8L,
                Map.of(),
                List.of(state));
    }

    private static AdapterChunk chunk(int round, int revision, int ordinal, String kind, Sha256 digest) {
        return new AdapterChunk(round, revision, ordinal, 0L, 0, ByteBuffer.allocate(0), digest, kind);
    }

    private static Sha256 digest(String of) {
        return Digests.of(of.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
