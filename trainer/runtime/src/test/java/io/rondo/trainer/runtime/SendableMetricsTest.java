package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SendableMetricsTest {

    @Test
    void shouldSendWhatIsANumber() {
        Map<String, Double> metrics =
                Map.of("loss", 0.5, "test/accuracy", Double.NaN, "norm", Double.POSITIVE_INFINITY);

        assertThat(SendableMetrics.of("pocket", metrics)).containsExactly(Map.entry("loss", 0.5));
    }

    /** A name has no room for a sentence of somebody's data. */
    @Test
    void shouldStopATrainerThatTellsTextInItsMetrics() {
        assertThatThrownBy(() -> SendableMetrics.of("pocket", Map.of("south confidential 3 fjord nectar", 1.0)))
                .isInstanceOfSatisfying(RondoException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.TRAINER_FAILED))
                .hasMessageContaining("reports a metric named 'south confidential 3 fjord nectar'");
    }

    @Test
    void shouldStopATrainerThatReportsMoreThanARecordTakes() {
        Map<String, Double> many = new HashMap<>();
        for (int i = 0; i < 65; i++) {
            many.put("metric" + i, 0.0);
        }

        assertThatThrownBy(() -> SendableMetrics.of("pocket", many)).hasMessageContaining("reports 65 metrics");
    }
}
