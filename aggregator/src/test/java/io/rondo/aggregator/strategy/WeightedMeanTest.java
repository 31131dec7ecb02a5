package io.rondo.aggregator.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WeightedMeanTest {

    @Test
    void shouldWeighByExamples() {
        ChunkAccumulator accumulator = new WeightedMean().accumulator(2);

        accumulator.add(1, new float[] {1, 10});
        accumulator.add(3, new float[] {5, -10});

        assertThat(accumulator.result()).containsExactly(4, -5);
    }

    @Test
    void shouldAgreeWithExactArithmeticToTheLastBitOfFloat32() {
        SplittableRandom random = new SplittableRandom(7);
        int updates = 50;
        int count = 200;
        ChunkAccumulator accumulator = new WeightedMean().accumulator(count);
        BigDecimal[] exact = new BigDecimal[count];
        java.util.Arrays.fill(exact, BigDecimal.ZERO);
        BigDecimal weights = BigDecimal.ZERO;
        for (int u = 0; u < updates; u++) {
            float[] values = new float[count];
            double weight = 1 + random.nextInt(1_000);
            for (int i = 0; i < count; i++) {
                values[i] = (float) (random.nextDouble() - 0.5);
                exact[i] = exact[i].add(BigDecimal.valueOf(weight).multiply(new BigDecimal(values[i])));
            }
            weights = weights.add(BigDecimal.valueOf(weight));
            accumulator.add(weight, values);
        }

        float[] mean = accumulator.result();

        for (int i = 0; i < count; i++) {
            float expected = exact[i].divide(weights, MathContext.DECIMAL128).floatValue();
            assertThat(mean[i]).isEqualTo(expected);
        }
    }

    @Test
    void shouldReturnASingleUpdateUnchanged() {
        float[] values = {0.1f, -3e-38f, 1e30f, -0.0f, Float.MIN_VALUE};
        ChunkAccumulator accumulator = new WeightedMean().accumulator(values.length);

        accumulator.add(1, values);

        // the sum starts at +0.0, and +0.0 + -0.0 is +0.0
        assertThat(accumulator.result()).containsExactly(0.1f, -3e-38f, 1e30f, 0.0f, Float.MIN_VALUE);
    }

    @Test
    void shouldRefuseToDivideByNothing() {
        ChunkAccumulator accumulator = new WeightedMean().accumulator(1);

        assertThatThrownBy(accumulator::result).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> accumulator.add(0, new float[1])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> accumulator.add(Double.NaN, new float[1]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> accumulator.add(1, new float[2])).isInstanceOf(IllegalArgumentException.class);
    }
}
