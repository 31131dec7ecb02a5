package io.rondo.inspect.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.output.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ExactMatchTest {
    @Test
    void shouldShowExactMatchInPlaceOfAccuracyWhereAModelAnswersProblems() {
        RoundSummary round = round(Map.of("test/loss", 0.3, "test/exact-match", 0.25, "test/perplexity", 1.3));

        assertThat(new RoundLine(5).of(round)).contains("· exact match 0.500 ·", "┆ a 0.900/0.250  b 0.900/0.750");
        RoundTable table = new RoundTable(List.of(round));
        assertThat(table.text()).contains("exact match").doesNotContain("acc ").contains("0.500");
        assertThat(table.json().get(0).exactMatch()).isEqualTo(0.5);
        assertThat(table.json().get(0).accuracy()).isNull();
        assertThat(round.isEvaluated()).isTrue();
    }

    @Test
    void shouldLeaveOtherJobsAsTheyAre() {
        RoundSummary round = round(Map.of("test/loss", 0.3, "test/accuracy", 0.25));

        assertThat(new RoundLine(5).of(round)).contains("┆ a 0.900/0.250").doesNotContain("exact match");
        String json =
                Json.MAPPER.valueToTree(new RoundTable(List.of(round)).json()).toString();
        assertThat(json).contains("\"accuracy\":0.25").doesNotContain("exactMatch");
    }

    @Test
    void shouldCountARoundAsEvaluatedWhereNoAnswerHasAFinalOne() {
        assertThat(round(Map.of("test/loss", 0.3)).isEvaluated()).isTrue();
        assertThat(round(Map.of()).isEvaluated()).isFalse();
    }

    /** Trainer b matches more often, where there is something to match. */
    private static RoundSummary round(Map<String, Double> evaluation) {
        Map<String, Double> other = new HashMap<>(evaluation);
        other.computeIfPresent("test/exact-match", (name, share) -> share + 0.5);
        return new RoundSummary(
                1,
                RoundSummary.Status.PUBLISHED,
                List.of("a", "b"),
                2,
                0,
                0,
                8,
                OptionalDouble.of(1),
                Optional.of("0123456789abcdef"),
                List.of(
                        new TrainerRound("a", Map.of("loss", 0.9), evaluation),
                        new TrainerRound("b", Map.of("loss", 0.9), other)));
    }
}
