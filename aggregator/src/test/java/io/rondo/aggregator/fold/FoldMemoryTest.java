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
        assertThat(stash(300 * MB, 1_000)).isEqualTo(100 * MB);
    }

    @Test
    void shouldKeepNoMoreThanHelps() {
        assertThat(stash(8_192 * MB, 1_000)).isEqualTo(128 * MB);
    }

    @Test
    void shouldGiveTheSumsTheirRoomFirst() {
        assertThat(stash(600 * MB, 40 * MB)).isEqualTo(16 * MB);
        assertThat(stash(600 * MB, 42 * MB)).isZero();
    }

    @Test
    void shouldSayWhichHeapALargeAdapterNeeds() {
        assertThatThrownBy(() -> stash(600 * MB, 43 * MB))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ENOUGH_MEMORY))
                .hasMessageContaining("600 MB");
        assertThat(stash(613 * MB, 43 * MB)).isNotNegative();
    }

    private static long stash(long heap, long elements) {
        FoldMemory.Share share = new FoldMemory(heap).alone();
        share.sum(elements);
        return share.bytes();
    }

    @Test
    void shouldDivideWhatTheSumsLeaveEquallyAmongJobs() {
        FoldMemory memory = new FoldMemory(600 * MB);
        FoldMemory.Share first = memory.share(3);
        first.sum(10 * MB);
        assertThat(first.bytes())
                .as("a third of the heap, and no more than helps")
                .isEqualTo(128 * MB);

        FoldMemory.Share second = memory.share(3);
        second.sum(20 * MB);

        // 400 MB that stay, less 80 and 160 MB of sums and 20 MB for the clients of each
        assertThat(first.bytes()).isEqualTo(60 * MB);
        assertThat(second.bytes()).isEqualTo(60 * MB);
        second.close();
        assertThat(first.bytes()).isEqualTo(128 * MB);
    }

    @Test
    void shouldRefuseTheJobThatDoesNotFitAndNoOther() {
        FoldMemory memory = new FoldMemory(300 * MB);
        FoldMemory.Share first = memory.share(3);
        first.sum(10 * MB);
        FoldMemory.Share second = memory.share(3);

        assertThatThrownBy(() -> second.sum(11 * MB))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ENOUGH_MEMORY))
                .hasMessageContaining("beside 1 other jobs");
        second.close();

        assertThat(first.bytes()).isEqualTo(100 * MB);
        assertThat(memory.share(3).bytes()).isEqualTo(40 * MB);
    }

    @Test
    void shouldBoundTheNumberOfJobs() {
        FoldMemory memory = new FoldMemory(300 * MB);
        for (int job = 0; job < 10; job++) {
            memory.share(3);
        }

        assertThatThrownBy(() -> memory.share(3)).hasMessageContaining("one more job does not fit");
    }

    @Test
    void shouldReadACohortInSmallerStepsWhereManyShare() {
        FoldMemory memory = new FoldMemory(600 * MB);
        FoldMemory.Share share = memory.share(3);
        assertThat(share.cohortBytes(3)).isEqualTo(32 * MB);
        for (int job = 0; job < 9; job++) {
            memory.share(3);
        }

        assertThat(share.cohortBytes(2)).isEqualTo(10 * MB);
        assertThat(share.cohortBytes(1_000)).isEqualTo(4 * MB);
    }
}
