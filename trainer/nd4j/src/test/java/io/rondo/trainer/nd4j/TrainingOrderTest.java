package io.rondo.trainer.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainingOrderTest {

    @Test
    void shouldUseEachExampleOnceBeforeAnyComesAgain() {
        int[] order = TrainingOrder.of(1, "site-1", 3, 10, 25);

        int[] all = IntStream.range(0, 10).toArray();
        assertThat(sorted(order, 0, 10)).isEqualTo(all);
        assertThat(sorted(order, 10, 20)).isEqualTo(all);
        assertThat(Arrays.copyOfRange(order, 20, 25)).doesNotHaveDuplicates();
        assertThat(Arrays.copyOf(order, 10)).isNotEqualTo(Arrays.copyOfRange(order, 10, 20));
    }

    @Test
    void shouldDependOnSeedTrainerAndRoundAlone() {
        int[] order = TrainingOrder.of(1, "site-1", 3, 100, 32);

        assertThat(TrainingOrder.of(1, "site-1", 3, 100, 32)).isEqualTo(order);
        assertThat(TrainingOrder.of(2, "site-1", 3, 100, 32)).isNotEqualTo(order);
        assertThat(TrainingOrder.of(1, "site-2", 3, 100, 32)).isNotEqualTo(order);
        assertThat(TrainingOrder.of(1, "site-1", 4, 100, 32)).isNotEqualTo(order);
    }

    @Test
    void shouldNeverChange() {
        // A job that goes on under a later version trains in the same order.
        assertThat(TrainingOrder.of(1, "site-1", 1, 8, 8)).containsExactly(1, 4, 2, 3, 7, 0, 6, 5);
    }

    private static int[] sorted(int[] order, int from, int to) {
        int[] part = Arrays.copyOfRange(order, from, to);
        Arrays.sort(part);
        return part;
    }
}
