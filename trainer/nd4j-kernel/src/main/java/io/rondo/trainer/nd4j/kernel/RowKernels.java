package io.rondo.trainer.nd4j.kernel;

/**
 * Elementwise steps of a transformer on rows in heap arrays. All implementations return the same bits: they perform the same
 * operations, and reductions use sixteen partial sums whatever the vector width.
 */
interface RowKernels {

    /**
     * BERT's GELU, computed by the error function (Abramowitz and Stegun 7.1.26, within 1.5e-7): {@code x[i] ← gelu(x[i] +
     * bias[i])}, and its derivative into {@code slope}.
     */
    void gelu(float[] x, float[] bias, float[] slope, int n);

    /** {@code row ← e^(row − max)}, and the sum of that. */
    float exponentials(float[] row, int offset, int n, float max);

    float max(float[] row, int offset, int n);

    float sum(float[] a, int n);

    float dot(float[] a, float[] b, int offset, int n);
}
