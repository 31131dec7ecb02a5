package io.rondo.inspect.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainersViewTest {

    private static TrainersView view(Map<String, Double> metrics) {
        DecisionHeader header = new DecisionHeader(0L, new Source("clock", -1L, null, -1L), 0L);
        return new TrainersView("job", 1, List.of(new EvaluationRecorded(header, 1, "site-a", new HashMap<>(metrics))));
    }

    @Test
    void shouldShowExactMatchInPlaceOfAccuracyWhereAModelAnswersProblems() {
        TrainersView view = view(Map.of("test/loss", 0.3, "test/exact-match", 0.25));

        assertThat(view.text()).contains("exact match", "0.250").doesNotContain("acc ");
        assertThat(view.page().html()).contains("Exact match").doesNotContain("Accuracy");
    }

    @Test
    void shouldShowTheAccuracyOfAModelThatTellsTextsApart() {
        TrainersView view = view(Map.of("test/loss", 0.3, "test/accuracy", 0.75));

        assertThat(view.text()).contains("acc ", "0.750").doesNotContain("exact match");
        assertThat(view.page().html()).contains("Accuracy").doesNotContain("Exact match");
    }
}
