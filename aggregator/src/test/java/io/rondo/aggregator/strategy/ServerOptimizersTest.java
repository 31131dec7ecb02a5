package io.rondo.aggregator.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rondo.aggregator.TestJob;
import io.rondo.log.JobSpec;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ServerOptimizersTest {
    private final float[] velocity = {0, 0};

    @Test
    void shouldBeTheAggregateWithoutMomentumAtStepOne() {
        float[] next = new FedAvgM(1, 0).step(new float[] {1, -2}, new float[] {3, 4}, List.of(velocity));

        assertThat(next).containsExactly(3, 4);
    }

    @Test
    void shouldRollOnInTheDirectionOfEarlierRounds() {
        FedAvgM optimizer = new FedAvgM(0.5, 0.5);

        float[] first = optimizer.step(new float[] {0, 0}, new float[] {2, -2}, List.of(velocity));
        float[] second = optimizer.step(first, first, List.of(velocity));

        assertThat(first).containsExactly(1, -1);
        assertThat(velocity).containsExactly(1, -1);
        assertThat(second).containsExactly(1.5f, -1.5f);
    }

    @Test
    void shouldTakeStepsOfAnEvenSizeWithAdam() {
        float[] first = {0, 0};
        float[] second = {0, 0};

        float[] next = new FedAdam(0.1, 0, 0.75, 1e-9)
                .step(new float[] {0, 0}, new float[] {1, -1_000}, List.of(first, second));

        // η·Δ / √(¼Δ²): twice the step size, whatever the size of Δ
        assertThat(next[0]).isCloseTo(0.2f, within(1e-6f));
        assertThat(next[1]).isCloseTo(-0.2f, within(1e-6f));
        assertThat(first).containsExactly(1, -1_000);
        assertThat(second).containsExactly(0.25f, 250_000);
    }

    @Test
    void shouldStayFiniteWhateverATrainerSends() {
        for (ServerOptimizer optimizer : List.of(new FedAvgM(1e300, 0.9), new FedAdam(1e300, 0.9, 0.99, 1e-3))) {
            List<float[]> state =
                    optimizer.state().stream().map(name -> new float[1]).toList();
            float[] base = {-Float.MAX_VALUE};
            for (int round = 0; round < 5; round++) {
                float[] aggregate = {round % 2 == 0 ? Float.MAX_VALUE : -Float.MAX_VALUE};
                base = optimizer.step(base, aggregate, state);

                assertThat(Float.isFinite(base[0]))
                        .as("%s after round %d", optimizer, round)
                        .isTrue();
                assertThat(state).allMatch(vector -> Float.isFinite(vector[0]));
            }
        }
    }

    @Test
    void shouldTakeTheSettingsOfAJob() {
        assertThat(ServerOptimizers.of(spec(spec -> spec))).isEmpty();
        assertThat(ServerOptimizers.of(
                        spec(spec -> spec.setServerOptimizer("fedavgm").setServerMomentum(0.8))))
                .contains(new FedAvgM(1, 0.8));
        assertThat(ServerOptimizers.of(spec(spec -> spec.setServerOptimizer("fedadam"))))
                .contains(new FedAdam(1, 0.9, 0.99, 0.001));
    }

    @Test
    void shouldRefuseSettingsThatAreNone() {
        List<UnaryOperator<JobSpec.Builder>> wrong = List.of(
                spec -> spec.setServerOptimizer("lamb"),
                spec -> spec.setServerLearningRate(0),
                spec -> spec.setServerLearningRate(Double.NaN),
                spec -> spec.setServerLearningRate(Double.POSITIVE_INFINITY),
                spec -> spec.setServerMomentum(1),
                spec -> spec.setServerSecondMoment(-0.1),
                spec -> spec.setServerEpsilon(0));

        wrong.forEach(change -> assertThatThrownBy(() -> ServerOptimizers.of(spec(change)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("server-"));
    }

    private static JobSpec spec(UnaryOperator<JobSpec.Builder> change) {
        return TestJob.create().with(change).spec();
    }
}
