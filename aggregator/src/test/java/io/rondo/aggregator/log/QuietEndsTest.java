package io.rondo.aggregator.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class QuietEndsTest {
    private static final TopicPartition DECISIONS = new TopicPartition("decisions", 0);
    private static final TopicPartition ROUNDS = new TopicPartition("rounds", 0);

    @Test
    void shouldEndWhereNothingWasWrittenBetweenTwoLooks() {
        Queue<Map<TopicPartition, Long>> looks = new ArrayDeque<>(List.of(
                // a decision whose copy has come by the second look
                ends(4, 7),
                ends(4, 8),
                // a transaction that is open
                ends(5, 8),
                ends(6, 9),
                ends(6, 9),
                ends(6, 9)));

        assertThat(new QuietEnds(looks::remove, looks::remove, Duration.ZERO).find())
                .contains(ends(6, 9));
        assertThat(looks).isEmpty();
    }

    @Test
    void shouldGiveUpWhereItIsNeverQuiet() {
        long[] end = {0};

        assertThat(new QuietEnds(() -> ends(end[0]++, 0), () -> ends(end[0]++, 0), Duration.ZERO).find())
                .isEmpty();
    }

    private static Map<TopicPartition, Long> ends(long decisions, long rounds) {
        return Map.of(DECISIONS, decisions, ROUNDS, rounds);
    }
}
