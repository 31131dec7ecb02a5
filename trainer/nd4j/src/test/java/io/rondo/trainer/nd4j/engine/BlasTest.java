package io.rondo.trainer.nd4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class BlasTest {
    @Test
    void shouldLeaveOpenBlasOneThreadWhateverNd4jAsksFor() {
        new Blas();
        try (NativeFloats a = NativeFloats.allocate(1)) {
            assertThat(a.length()).isEqualTo(1);
        }
        Nd4j.rand(8, 8).mmul(Nd4j.rand(8, 8)).close();

        assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(1);
    }
}
