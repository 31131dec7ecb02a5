package io.rondo.trainer.nd4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptimizerTest {
    private static final List<Optimizer.Range> ALL = List.of(new Optimizer.Range(0, 3));

    @Test
    void shouldAddWeightDecayToTheGradientOfSgd() {
        float[] values = {1, -2, 0};

        Optimizer.sgd(0.1, 0).step(values, new float[] {0.5f, 0, 1}, ALL, 0.5);

        assertThat(values).usingComparatorWithPrecision(1e-6f).containsExactly(0.7f, -1.9f, -0.5f);
    }

    /** A first step of Adam is the learning rate against the gradient's sign; its decay does not go through the moments. */
    @Test
    void shouldDecayBesideTheMomentsOfAdamW() {
        float[] values = {1, -2, 0};
        Optimizer optimizer = Optimizer.adamW(3, 0.1, 0);

        optimizer.step(values, new float[] {1e-3f, -40, 0}, ALL, 0.5);

        assertThat(values[0]).isCloseTo(1 - 0.05f - 0.5f, within(1e-4f));
        assertThat(values[1]).isCloseTo(-2 + 0.1f + 0.5f, within(1e-4f));
        assertThat(values[2]).isZero();
    }

    @Test
    void shouldAgreeWithAPlainAdamWOverSteps() {
        float[] values = {0.3f, -0.2f, 0.9f};
        double[] expected = {0.3f, -0.2f, 0.9f};
        double[] first = new double[3];
        double[] second = new double[3];
        Optimizer optimizer = Optimizer.adamW(3, 0.01, 0);
        for (int step = 1; step <= 30; step++) {
            float[] gradient = new float[3];
            for (int i = 0; i < 3; i++) {
                gradient[i] = (float) Math.sin(step * (i + 1));
                expected[i] *= 1 - 0.05 * 0.01;
                first[i] = 0.9 * first[i] + 0.1 * gradient[i];
                second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
                double mean = first[i] / (1 - Math.pow(0.9, step));
                expected[i] -= 0.05 * mean / (Math.sqrt(second[i] / (1 - Math.pow(0.999, step))) + 1e-8);
            }
            optimizer.step(values, gradient, ALL, 0.05);
        }

        for (int i = 0; i < 3; i++) {
            assertThat((double) values[i]).isCloseTo(expected[i], within(1e-5));
        }
    }

    @Test
    void shouldScaleAGradientThatIsTooLongByItsNormOverAllRanges() {
        float[] values = new float[4];
        float[] gradient = {3, 100, 0, 4};
        List<Optimizer.Range> trained = List.of(new Optimizer.Range(0, 1), new Optimizer.Range(3, 4));

        Optimizer.sgd(0, 1).step(values, gradient, trained, 1);

        assertThat(values).usingComparatorWithPrecision(1e-5f).containsExactly(-0.6f, 0, 0, -0.8f);
    }

    @Test
    void shouldLeaveAShortGradientAsItIs() {
        float[] values = new float[3];

        Optimizer.sgd(0, 5.1).step(values, new float[] {3, 0, 4}, ALL, 1);

        assertThat(values).containsExactly(-3, 0, -4);
    }

    @Test
    void shouldKeepWhatLiesOutsideOfTheRanges() {
        float[] values = {1, 1, 1};

        Optimizer.adamW(3, 0.5, 0).step(values, new float[] {1, 1, 1}, List.of(new Optimizer.Range(1, 2)), 0.1);

        assertThat(values[0]).isEqualTo(1);
        assertThat(values[1]).isLessThan(0.9f);
        assertThat(values[2]).isEqualTo(1);
    }
}
