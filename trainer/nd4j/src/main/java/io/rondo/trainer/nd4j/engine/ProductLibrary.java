package io.rondo.trainer.nd4j.engine;

import org.bytedeco.javacpp.FloatPointer;

/** A library of matrix products. Each call works on the calling thread alone, and gives the same bits every time. */
interface ProductLibrary {
    String name();

    String version();

    /** The kind of processor that its kernels are for. */
    String kernels();

    /** Threads that a call from this thread uses. */
    int threads();

    /** {@code c ← alpha · op(a) · op(b) + beta · c}, row-major, where op transposes or does not; leading dimensions in elements. */
    void multiply(
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
            int ldc);
}
