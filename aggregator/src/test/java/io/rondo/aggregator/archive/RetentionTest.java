package io.rondo.aggregator.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.aggregator.archive.Retention.Published;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {
    private static final long HOUR = 3_600_000;

    /** One each hour, from hour 0; round 4 failed and was never published. */
    private static final List<Published> ROUNDS = IntStream.rangeClosed(0, 9)
            .filter(round -> round != 4)
            .mapToObj(round -> new Published(round, round * HOUR))
            .toList();

    @Test
    void shouldKeepTheLastRounds() {
        assertThat(due("2 rounds", 9 * HOUR)).hasValue(7);
        assertThat(due("5 rounds", 9 * HOUR))
                .as("a round that failed does not count")
                .hasValue(3);
        assertThat(due("9 rounds", 9 * HOUR)).isEmpty();
        assertThat(due("500 rounds", 9 * HOUR)).isEmpty();
    }

    @Test
    void shouldKeepTheYoungOnesAndAlwaysTheLastTwo() {
        assertThat(due("3h", 9 * HOUR)).hasValue(6);
        assertThat(due("3h", 9 * HOUR - 1)).hasValue(5);
        assertThat(due("1d", 9 * HOUR)).isEmpty();
        assertThat(due("1d", 10_000 * HOUR)).hasValue(7);
    }

    @Test
    void shouldKeepAllForever() {
        assertThat(Retention.parse("forever").isForever()).isTrue();
        assertThat(due("forever", Long.MAX_VALUE)).isEmpty();
        assertThat(Retention.parse("2 rounds").isForever()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "archived", "1 rounds", "0 rounds", "-5 rounds", "5", "9999999 rounds", "0d", "30", "3m"})
    void shouldRefuseWhatIsNoRetention(String text) {
        assertThatThrownBy(() -> Retention.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static OptionalInt due(String retention, long now) {
        return Retention.parse(retention).lastDue(ROUNDS, now);
    }
}
