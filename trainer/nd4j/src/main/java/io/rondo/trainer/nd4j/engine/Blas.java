package io.rondo.trainer.nd4j.engine;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Row-major single-precision products by the library that {@link Products} chose, on addresses and with leading dimensions,
 * so that parts of matrices need no copies. One instance a thread: its pointers are used again in every call.
 */
final class Blas {
    private final ProductLibrary library;
    private final Address a = new Address();
    private final Address b = new Address();
    private final Address c = new Address();

    Blas() {
        this(Products.library());
    }

    Blas(ProductLibrary library) {
        this.library = library;
    }

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
        gemm(false, false, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    /** {@code c ← alpha · a · bᵀ + beta · c}, for a of m × k and b of n × k. */
    void multiplyByTransposed(
            int m, int n, int k, float alpha, long a, int lda, long b, int ldb, float beta, long c, int ldc) {
        gemm(false, true, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    /** {@code c ← alpha · aᵀ · b + beta · c}, for a of k × m and b of k × n. */
    void multiplyTransposed(
            int m, int n, int k, float alpha, long a, int lda, long b, int ldb, float beta, long c, int ldc) {
        gemm(true, false, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    private void gemm(
            boolean transposeA,
            boolean transposeB,
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
        library.multiply(
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
