package io.rondo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.conformance.Outcome.Verdict;
import io.rondo.conformance.scenario.Scenario;
import io.rondo.conformance.scenario.Scenarios;
import io.rondo.conformance.stage.Overdue;
import io.rondo.conformance.stage.Violation;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final Scenario SCENARIO = Scenarios.all().get(0);

    private final List<Integer> plays = new ArrayList<>();
    private Duration answer = Duration.ZERO;

    private Outcome judge(RuntimeException... failures) {
        return new Judge(since -> answer, Duration.ofSeconds(3), 0).judge(SCENARIO, number -> {
            plays.add(number);
            if (number <= failures.length) {
                throw failures[number - 1];
            }
        });
    }

    @Test
    void shouldFailATrainerThatIsLateWhileTheBrokerIsFast() {
        Outcome outcome = judge(new Overdue("has not joined"));

        assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(outcome.reason()).isEqualTo("has not joined");
        assertThat(plays).containsExactly(1);
    }

    @Test
    void shouldPlayAgainWhereTheBrokerWasSlow() {
        answer = Duration.ofSeconds(4);

        Outcome outcome = judge(new Overdue("has not joined"));

        assertThat(outcome.verdict()).isEqualTo(Verdict.PASS);
        assertThat(plays).containsExactly(1, 2);
    }

    @Test
    void shouldNotJudgeATrainerWhileTheBrokerStaysSlow() {
        answer = Duration.ofMillis(11_200);
        Overdue late = new Overdue("has not joined");

        Outcome outcome = judge(late, late, late);

        assertThat(outcome.verdict()).isEqualTo(Verdict.SKIP);
        assertThat(outcome.reason())
                .isEqualTo("it cannot be judged, since the broker took 11.2 s to answer: has not joined");
        assertThat(plays).containsExactly(1, 2, 3);
    }

    @Test
    void shouldFailWhatIsWrongHoweverSlowTheBrokerIs() {
        answer = Duration.ofSeconds(30);

        Outcome outcome = judge(new Violation("another digest"));

        assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(plays).containsExactly(1);
    }

    @Test
    void shouldSkipWhatTheKitItselfCannotPlay() {
        assertThat(judge(new TimeoutException("no answer")).verdict()).isEqualTo(Verdict.SKIP);
        assertThat(judge(new RondoException(ErrorCode.BROKER_UNREACHABLE, "away", "start it"))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void shouldEndWithACommandThatCannotBeStarted() {
        assertThatThrownBy(() -> judge(new RondoException(ErrorCode.BAD_CONFIG, "no such program", "give one")))
                .isInstanceOf(RondoException.class);
    }
}
