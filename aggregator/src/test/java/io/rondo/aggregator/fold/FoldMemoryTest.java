package io.rondo.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import org.junit.jupiter.api.Test;

class FoldMemoryTest {
    private static final long MB = 1 << 20;

    @Test
    void shouldKeepAThirdOfASmallHeapForChunksBeforeTheirTurn() {
        assertThat(new FoldMemory(300 * MB).stash(1_000)).isEqualTo(100 * MB);
    }

    @Test
    void shouldKeepNoMoreThanHelps() {
        assertThat(new FoldMemory(8_192 * MB).stash(1_000)).isEqualTo(128 * MB);
    }

    @Test
    void shouldGiveTheSumsTheirRoomFirst() {
        assertThat(new FoldMemory(600 * MB).stash(40 * MB)).isEqualTo(16 * MB);
        assertThat(new FoldMemory(600 * MB).stash(42 * MB)).isZero();
    }

    @Test
    void shouldSayWhichHeapALargeAdapterNeeds() {
        assertThatThrownBy(() -> new FoldMemory(600 * MB).stash(43 * MB))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ENOUGH_MEMORY))
                .hasMessageContaining("600 MB");
        assertThat(new FoldMemory(613 * MB).stash(43 * MB)).isNotNegative();
    }
}
