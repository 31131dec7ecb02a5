package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InputOrderTest {
    private record Dated(String name, long timestamp) {}

    private static List<String> merge(List<List<Dated>> topics) {
        return InputOrder.merge(topics, Dated::timestamp).stream()
                .map(Dated::name)
                .toList();
    }

    @Test
    void shouldPutTheOldestOfAllTopicsFirst() {
        List<Dated> commands = List.of(new Dated("submit", 1), new Dated("pause", 5));
        List<Dated> manifests = List.of(new Dated("join", 3), new Dated("leave", 7));

        assertThat(merge(List.of(commands, manifests))).containsExactly("submit", "join", "pause", "leave");
    }

    @Test
    void shouldKeepTheOrderOfATopicWhoseTimestampsGoBack() {
        List<Dated> parts = List.of(new Dated("part 0", 9), new Dated("part 1", 4), new Dated("part 2", 10));
        List<Dated> commands = List.of(new Dated("pause", 6));

        assertThat(merge(List.of(commands, parts))).containsExactly("pause", "part 0", "part 1", "part 2");
    }
}
