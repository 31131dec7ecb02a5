package io.rondo.trainer.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptimizerSettingsTest {
    @ParameterizedTest
    @CsvSource({
        "CONSTANT, 0, 0, 0.5",
        "CONSTANT, 0, 99, 0.5",
        "CONSTANT, 10, 0, 0",
        "CONSTANT, 10, 5, 0.25",
        "CONSTANT, 10, 10, 0.5",
        "LINEAR, 0, 0, 0.5",
        "LINEAR, 0, 50, 0.25",
        "LINEAR, 0, 99, 0.005",
        "LINEAR, 0, 100, 0",
        "LINEAR, 20, 10, 0.25",
        "LINEAR, 20, 20, 0.5",
        "LINEAR, 20, 60, 0.25",
        "LINEAR, 100, 100, 0"
    })
    void shouldGoUpAndDownAsTransformersDoes(LearningRateSchedule schedule, int warmUp, long step, double expected) {
        OptimizerSettings settings = new OptimizerSettings(OptimizerKind.SGD, 0.5, 0, schedule, warmUp, 0);

        assertThat(settings.learningRate(step, 100)).isCloseTo(expected, within(1e-12));
    }

    @Test
    void shouldRefuseNumbersOutOfBounds() {
        assertRefused("learning rate is 0.0", () -> OptimizerSettings.sgd(0));
        assertRefused("learning rate is NaN", () -> OptimizerSettings.sgd(Double.NaN));
        assertRefused("weight decay is -1.0", () -> settings(-1, 0, 0));
        assertRefused("-1 warm-up steps", () -> settings(0, -1, 0));
        assertRefused("largest norm of a gradient is -1.0", () -> settings(0, 0, -1));
        assertRefused("0 local steps", () -> StepSettings.of(0, 1, 16));
        assertRefused("9 examples, a batch 8", () -> new StepSettings(1, 0, 8, 9, 16, 0));
        assertRefused("dropout is 1.0", () -> new StepSettings(1, 0, 8, 0, 16, 1));
        assertRefused("-1 local warm-up steps", () -> new StepSettings(1, -1, 8, 0, 16, 0));
    }

    private static OptimizerSettings settings(double weightDecay, int warmUpSteps, double maxGradNorm) {
        return new OptimizerSettings(
                OptimizerKind.ADAMW, 0.1, weightDecay, LearningRateSchedule.CONSTANT, warmUpSteps, maxGradNorm);
    }

    private static void assertRefused(String problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(RondoException.class)
                .hasMessageContaining(problem)
                .extracting(refusal -> ((RondoException) refusal).code())
                .isEqualTo(ErrorCode.BAD_CONFIG);
    }
}
