package io.rondo.trainer.nd4j.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bit for bit, so that it is of no consequence to a run which kernels a machine has. */
class VectorKernelsTest {
    private final Random random = new Random(11);
    private final RowKernels plain = new PlainKernels();
    private final RowKernels vector = new VectorKernels();

    @Test
    void shouldChooseVectorsWhereTheirModuleIsThere() {
        assertThat(Kernels.kind()).isEqualTo(VectorKernels.isFast() ? "vector" : "plain");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 15, 16, 17, 64, 385, 1536})
    void shouldGiveTheBitsOfPlainLoops(int n) {
        for (float scale : new float[] {1e-3f, 1, 30, 200}) {
            float[] a = row(n + 3, scale);
            float[] b = row(n + 3, scale);

            assertThat(vector.sum(a, n)).isEqualTo(plain.sum(a, n));
            assertThat(vector.dot(a, b, 3, n)).isEqualTo(plain.dot(a, b, 3, n));
            assertThat(vector.max(a, 3, n)).isEqualTo(plain.max(a, 3, n));
            shouldAgreeOnExponentials(a, n);
            shouldAgreeOnGelu(a, b, n);
        }
    }

    private void shouldAgreeOnExponentials(float[] row, int n) {
        float[] one = row.clone();
        float[] other = row.clone();
        float max = plain.max(row, 3, n);
        assertThat(vector.exponentials(one, 3, n, max)).isEqualTo(plain.exponentials(other, 3, n, max));
        assertThat(one).isEqualTo(other);
    }

    private void shouldAgreeOnGelu(float[] x, float[] bias, int n) {
        float[] one = x.clone();
        float[] other = x.clone();
        float[] slope = new float[x.length];
        float[] otherSlope = new float[x.length];
        vector.gelu(one, bias, slope, n);
        plain.gelu(other, bias, otherSlope, n);
        assertThat(one).isEqualTo(other);
        assertThat(slope).isEqualTo(otherSlope);
    }

    private float[] row(int n, float scale) {
        float[] row = new float[n];
        for (int i = 0; i < n; i++) {
            row[i] = (float) random.nextGaussian() * scale;
        }
        return row;
    }
}
