package io.rondo.trainer.nd4j.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rondo.trainer.nd4j.engine.SlowMath;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelsTest {
    private final Random random = new Random(5);

    @Test
    void shouldComputeExpWithinAFewUlps() {
        for (float x = -87f; x < 88f; x += 0.0137f) {
            double expected = Math.exp(x);
            assertThat(PlainKernels.exp(x) / expected).as("exp(%s)", x).isCloseTo(1, within(3e-7));
        }
    }

    @Test
    void shouldBoundExpOutsideItsRange() {
        assertThat(PlainKernels.exp(-1000)).isCloseTo(0, within(1e-37f));
        assertThat(PlainKernels.exp(Float.NEGATIVE_INFINITY)).isCloseTo(0, within(1e-37f));
        assertThat(PlainKernels.exp(1000)).isEqualTo(PlainKernels.exp(88));
        assertThat(PlainKernels.exp(Float.NaN)).isNaN();
    }

    @Test
    void shouldComputeGeluAndItsSlope() {
        // given
        int n = 2001;
        float[] x = new float[n];
        float[] bias = row(n);
        double[] exact = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = (i - 1000) * 0.007f;
            exact[i] = (double) x[i] + bias[i];
        }
        float[] slope = new float[n];

        // when
        Kernels.gelu(x, bias, slope, n);

        // then
        for (int i = 0; i < n; i++) {
            assertThat((double) x[i]).isCloseTo(SlowMath.gelu(exact[i]), within(3e-6));
            assertThat((double) slope[i]).isCloseTo(SlowMath.geluSlope(exact[i]), within(3e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 29})
    void shouldComputeSoftmaxAndItsBackward(int n) {
        // given
        int offset = 2;
        float[] row = row(n + 5);
        float[] before = row.clone();
        float[] gradient = row(n + 5);
        float[] gradientBefore = gradient.clone();

        // when
        Kernels.softmax(row, offset, n);
        Kernels.softmaxBackward(row, gradient, offset, n);

        // then
        double sum = 0;
        for (int i = offset; i < offset + n; i++) {
            sum += Math.exp(before[i]);
        }
        double mean = 0;
        for (int i = offset; i < offset + n; i++) {
            mean += Math.exp(before[i]) / sum * gradientBefore[i];
        }
        for (int i = 0; i < row.length; i++) {
            boolean inside = i >= offset && i < offset + n;
            double p = inside ? Math.exp(before[i]) / sum : before[i];
            double d = inside ? p * (gradientBefore[i] - mean) : gradientBefore[i];
            assertThat((double) row[i]).isCloseTo(p, within(1e-6));
            assertThat((double) gradient[i]).isCloseTo(d, within(1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 12, 384})
    void shouldComputeLayerNormAndItsBackward(int n) {
        // given
        float[] x = row(n);
        double[] exact = doubles(x);
        float[] weight = row(n);
        float[] bias = row(n);
        float[] normalized = new float[n];
        float[] out = new float[n];
        float[] gradient = row(n);
        double[] outGradient = doubles(gradient);

        // when
        float inverse = Kernels.layerNorm(x, weight, bias, normalized, out, n, 1e-12f);
        Kernels.layerNormBackward(gradient, normalized, weight, inverse, n);

        // then
        for (int i = 0; i < n; i++) {
            assertThat((double) out[i]).isCloseTo(norm(exact, weight, bias)[i], within(1e-5));
        }
        double step = 1e-5;
        for (int i = 0; i < Math.min(n, 12); i++) {
            double value = exact[i];
            exact[i] = value + step;
            double[] above = norm(exact, weight, bias);
            exact[i] = value - step;
            double[] below = norm(exact, weight, bias);
            exact[i] = value;
            double expected = 0;
            for (int j = 0; j < n; j++) {
                expected += outGradient[j] * (above[j] - below[j]) / (2 * step);
            }
            assertThat((double) gradient[i]).isCloseTo(expected, within(1e-4));
        }
    }

    private static double[] norm(double[] x, float[] weight, float[] bias) {
        int n = x.length;
        double mean = 0;
        for (double value : x) {
            mean += value / n;
        }
        double variance = 0;
        for (double value : x) {
            variance += (value - mean) * (value - mean) / n;
        }
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
            out[i] = (x[i] - mean) / Math.sqrt(variance + 1e-12) * weight[i] + bias[i];
        }
        return out;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 32, 385})
    void shouldAddMultiplyAndReduceRows(int n) {
        // given
        float[] a = row(n);
        float[] b = row(n);
        double sum = 0;
        double dot = 0;
        for (int i = 0; i < n; i++) {
            sum += a[i];
            dot += (double) a[i] * b[i];
        }

        // then
        assertThat((double) new PlainKernels().sum(a, n)).isCloseTo(sum, within(1e-4));
        assertThat((double) new PlainKernels().dot(a, b, 0, n)).isCloseTo(dot, within(1e-4));
        float[] added = a.clone();
        float[] multiplied = a.clone();
        Kernels.add(added, b, n);
        Kernels.multiply(multiplied, b, n);
        for (int i = 0; i < n; i++) {
            assertThat(added[i]).isEqualTo(a[i] + b[i]);
            assertThat(multiplied[i]).isEqualTo(a[i] * b[i]);
        }
    }

    private float[] row(int n) {
        float[] row = new float[n];
        for (int i = 0; i < n; i++) {
            row[i] = (float) random.nextGaussian();
        }
        return row;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }
}
