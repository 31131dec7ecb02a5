package io.rondo.trainer.api.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProductKernelsTest {
    @Test
    void shouldCallKernelsOfAnotherProcessorSlow() {
        // what OpenBLAS reached with each on one processor with AVX-512
        assertThat(kernels("Nehalem", 20, 148).areSlow()).isTrue();
        assertThat(kernels("Sandybridge", 35, 141).areSlow()).isTrue();
        assertThat(kernels("Haswell", 56, 131).areSlow()).isFalse();
        assertThat(kernels("Cooperlake", 92, 142).areSlow()).isFalse();
    }

    @Test
    void shouldNotJudgeWhereThePeakIsNotKnown() {
        assertThat(kernels("Nehalem", 20, Double.NaN).areSlow()).isFalse();
    }

    @Test
    void shouldSayLibraryKernelsAndRates() {
        assertThat(kernels("Cooperlake", 92, 142))
                .hasToString(
                        "OpenBLAS 0.3.31, Cooperlake kernels, 92 GFLOP/s a thread of 142 that the vector units reach");
        assertThat(kernels("Cooperlake", 92, Double.NaN))
                .hasToString("OpenBLAS 0.3.31, Cooperlake kernels, 92 GFLOP/s a thread");
    }

    private static ProductKernels kernels(String kernels, double gflops, double peak) {
        return new ProductKernels("OpenBLAS", "0.3.31", kernels, 1, gflops, peak);
    }
}
