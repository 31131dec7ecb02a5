package io.rondo.trainer.nd4j.engine;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** OpenBLAS, which ND4J brings. It chooses its kernels by the processor when it is loaded, or by {@code OPENBLAS_CORETYPE}. */
final class OpenBlas implements ProductLibrary {
    private static final int ROW_MAJOR = 101;
    private static final int NO_TRANSPOSE = 111;
    private static final int TRANSPOSE = 112;

    private final NativeFunctions functions;

    OpenBlas() {
        // The engine's own threads each take a part of the batch; BLAS shall not start more. ND4J asks for one for each
        // processor when it starts, and before it has started there is no library to set it in.
        NativeFloats.allocate(1).close();
        openblas_nolapack.blas_set_num_threads(1);
        if (threads() != 1) {
            throw new IllegalStateException(
                    "OpenBLAS works with " + threads() + " threads and would not be set to one");
        }
        this.functions = NativeFunctions.of("openblas");
    }

    @Override
    public String name() {
        return "OpenBLAS";
    }

    /** The second word of, for instance, {@code OpenBLAS 0.3.31 DYNAMIC_ARCH NO_AFFINITY SkylakeX MAX_THREADS=64}. */
    @Override
    public String version() {
        String[] words = functions.text("openblas_get_config").split(" ", -1);
        return words.length > 1 ? words[1] : NativeFunctions.UNKNOWN;
    }

    @Override
    public String kernels() {
        return functions.text("openblas_get_corename");
    }

    @Override
    public int threads() {
        return openblas_nolapack.blas_get_num_threads();
    }

    @Override
    public void multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float alpha,
            FloatPointer a,
            int lda,
            FloatPointer b,
            int ldb,
            float beta,
            FloatPointer c,
            int ldc) {
        openblas_nolapack.cblas_sgemm(
                ROW_MAJOR,
                transposeA ? TRANSPOSE : NO_TRANSPOSE,
                transposeB ? TRANSPOSE : NO_TRANSPOSE,
                m,
                n,
                k,
                alpha,
                a,
                lda,
                b,
                ldb,
                beta,
                c,
                ldc);
    }
}
