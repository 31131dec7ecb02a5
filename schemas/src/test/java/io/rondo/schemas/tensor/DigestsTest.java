package io.rondo.schemas.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DigestsTest {

    @Test
    void shouldBeSha256() {
        assertThat(Digests.hex(Digests.of("abc".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(Digests.of(new byte[] {1}, new byte[] {2})).isEqualTo(Digests.of(new byte[] {1, 2}));
    }

    @Test
    void shouldDigestWhatRemainsInABufferAndLeaveIt() {
        ByteBuffer buffer = ByteBuffer.wrap(new byte[] {9, 1, 2, 9}, 1, 2);

        assertThat(Digests.of(buffer)).isEqualTo(Digests.of(new byte[] {1, 2}));
        assertThat(buffer.remaining()).isEqualTo(2);
    }

    @Test
    void shouldDigestDigestsInOrder() {
        Sha256 first = Digests.of(new byte[] {1});
        Sha256 second = Digests.of(new byte[] {2});

        assertThat(Digests.ofDigests(List.of(first, second))).isEqualTo(Digests.of(first.bytes(), second.bytes()));
        assertThat(Digests.ofDigests(List.of(first, second))).isNotEqualTo(Digests.ofDigests(List.of(second, first)));
    }
}
