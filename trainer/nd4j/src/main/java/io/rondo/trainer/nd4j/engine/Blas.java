package io.rondo.trainer.nd4j.engine;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Row-major single-precision products by the OpenBLAS that ND4J brings, on addresses and with leading dimensions, so that
 * parts of matrices need no copies. One instance a thread: its pointers are used again in every call.
 */
final class Blas {
    private static final int ROW_MAJOR = 101;
    private static final int NO_TRANSPOSE = 111;
    private static final int TRANSPOSE = 112;

    static {
        // The engine's own threads each take a part of the batch; BLAS shall not start more. ND4J asks for one for each
        // processor when it starts, and before it has started there is no library to set it in.
        NativeFloats.allocate(1).close();
        openblas_nolapack.blas_set_num_threads(1);
        int threads = openblas_nolapack.blas_get_num_threads();
        if (threads != 1) {
            throw new IllegalStateException("OpenBLAS works with " + threads + " threads and would not be set to one");
        }
    }

    private final Address a = new Address();
    private final Address b = new Address();
    private final Address c = new Address();

    /** A pointer that can be moved without garbage. */
    private static final class Address extends FloatPointer {
        Address() {
            super((Pointer) null);
        }

        Address to(long target) {
            address = target;
            return this;
        }
    }

    /** {@code c ← alpha · a · b + beta · c}, for a of m × k and b of k × n; addresses and rows' lengths in elements. */
    void multiply(int m, int n, int k, float alpha, long a, int lda, long b, int ldb, float beta, long c, int ldc) {
        gemm(NO_TRANSPOSE, NO_TRANSPOSE, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    /** {@code c ← alpha · a · bᵀ + beta · c}, for a of m × k and b of n × k. */
    void multiplyByTransposed(
            int m, int n, int k, float alpha, long a, int lda, long b, int ldb, float beta, long c, int ldc) {
        gemm(NO_TRANSPOSE, TRANSPOSE, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    /** {@code c ← alpha · aᵀ · b + beta · c}, for a of k × m and b of k × n. */
    void multiplyTransposed(
            int m, int n, int k, float alpha, long a, int lda, long b, int ldb, float beta, long c, int ldc) {
        gemm(TRANSPOSE, NO_TRANSPOSE, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    private void gemm(
            int transposeA,
            int transposeB,
            int m,
            int n,
            int k,
            float alpha,
            long addressA,
            int lda,
            long addressB,
            int ldb,
            float beta,
            long addressC,
            int ldc) {
        openblas_nolapack.cblas_sgemm(
                ROW_MAJOR,
                transposeA,
                transposeB,
                m,
                n,
                k,
                alpha,
                a.to(addressA),
                lda,
                b.to(addressB),
                ldb,
                beta,
                c.to(addressC),
                ldc);
    }
}
