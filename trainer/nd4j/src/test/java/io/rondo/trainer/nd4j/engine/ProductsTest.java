package io.rondo.trainer.nd4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.bench.ProductKernels;
import io.rondo.trainer.nd4j.kernel.PeakRate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ProductsTest {
    @Test
    void shouldNameTheLibraryThatIsLoadedAndItsKernels() {
        ProductLibrary openBlas = Products.chosen("openblas");

        assertThat(openBlas.name()).isEqualTo("OpenBLAS");
        // of the version in the root's pom: an older one on the class path must not win
        assertThat(openBlas.version()).matches("0\\.3\\.(3[1-9]|[4-9]\\d)(\\..*)?");
        assertThat(openBlas.kernels()).matches("\\w+").isNotEqualTo(NativeFunctions.UNKNOWN);
        assertThat(openBlas.threads()).isEqualTo(1);
    }

    @Test
    void shouldTakeOneDnnWhereItIsInstalledForTheProcessor() {
        ProductKernels kernels = Products.kernels();
        assumeThat(kernels.library()).isEqualTo("oneDNN");

        assertThat(kernels.version()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(kernels.kernels()).startsWith("AVX");
        assertThat(kernels.threads()).isEqualTo(1);
    }

    @Test
    void shouldLeaveOneDnnOneThreadOnEveryThreadThatCalls() throws Exception {
        ProductLibrary library = Products.library();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                counts.add(threads.submit(() -> {
                    product(library, false, true, 5, 7, 3, 1, 0, random(15, 1), random(21, 2), new float[35]);
                    return threadsThatOpenMpWouldUse(library);
                }));
            }
            for (Future<Integer> count : counts) {
                assertThat(count.get()).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldMultiplyAsPlainLoopsDo() {
        for (String name : List.of("openblas", "")) {
            ProductLibrary library = Products.chosen(name);
            for (int[] shape : new int[][] {{1, 32, 64}, {4, 384, 96}, {64, 64, 32}, {65, 33, 17}, {8, 384, 256}}) {
                for (boolean[] transposed : new boolean[][] {{false, false}, {false, true}, {true, false}}) {
                    int m = shape[0];
                    int n = shape[1];
                    int k = shape[2];
                    float[] a = random(m * k, 3);
                    float[] b = random(k * n, 4);
                    float[] c = random(m * n, 5);
                    double[] expected = new double[m * n];
                    for (int i = 0; i < m; i++) {
                        for (int j = 0; j < n; j++) {
                            double sum = 0;
                            for (int l = 0; l < k; l++) {
                                sum += (double) a[transposed[0] ? l * m + i : i * k + l]
                                        * b[transposed[1] ? j * k + l : l * n + j];
                            }
                            expected[i * n + j] = 0.5 * sum + 2 * c[i * n + j];
                        }
                    }
                    product(library, transposed[0], transposed[1], m, n, k, 0.5f, 2, a, b, c);
                    for (int i = 0; i < c.length; i++) {
                        assertThat((double) c[i])
                                .as("%s, %d of %d × %d × %d", library.name(), i, m, n, k)
                                .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-4));
                    }
                }
            }
        }
    }

    @Test
    void shouldMeasureARateThatAProcessorCanHave() {
        assertThat(Products.kernels().gflops()).isPositive().isLessThan(10_000);
        assertThat(PeakRate.gflopsOfOneThread())
                .satisfiesAnyOf(
                        peak -> assertThat(peak).isNaN(),
                        peak -> assertThat(peak).isPositive().isLessThan(10_000));
    }

    @Test
    void shouldRefuseALibraryThatItDoesNotKnow() {
        assertThatThrownBy(() -> Products.chosen("mkl"))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_CONFIG))
                .hasMessageContaining("mkl");
    }

    /** By the library itself where that is oneDNN, whose answer does not go by what its user remembers. */
    private static int threadsThatOpenMpWouldUse(ProductLibrary library) {
        return library instanceof OneDnn ? NativeFunctions.of("dnnl").number("omp_get_max_threads") : library.threads();
    }

    private static float[] random(int length, long seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static void product(
            ProductLibrary library,
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float alpha,
            float beta,
            float[] a,
            float[] b,
            float[] c) {
        try (NativeFloats left = floats(a);
                NativeFloats right = floats(b);
                NativeFloats out = floats(c)) {
            Blas blas = new Blas(library);
            int lda = transposeA ? m : k;
            if (transposeA) {
                blas.multiplyTransposed(m, n, k, alpha, left.at(0), lda, right.at(0), n, beta, out.at(0), n);
            } else if (transposeB) {
                blas.multiplyByTransposed(m, n, k, alpha, left.at(0), lda, right.at(0), k, beta, out.at(0), n);
            } else {
                blas.multiply(m, n, k, alpha, left.at(0), lda, right.at(0), n, beta, out.at(0), n);
            }
            out.read(0, c, c.length);
        }
    }

    private static NativeFloats floats(float[] values) {
        NativeFloats floats = NativeFloats.allocate(values.length);
        floats.write(0, values, values.length);
        return floats;
    }
}
