package io.rondo.trainer.nd4j.kernel;

/**
 * Elementwise steps of a transformer on rows that lie in heap arrays. All implementations give the same bits: they do the
 * same operations, and reductions run in sixteen sums whatever the width of the machine.
 */
interface RowKernels {

    /**
     * BERT's gelu, by the error function (Abramowitz and Stegun 7.1.26, within 1.5e-7): {@code x[i] ← gelu(x[i] +
     * bias[i])}, and its derivative into {@code slope}.
     */
    void gelu(float[] x, float[] bias, float[] slope, int n);

    /** {@code row ← e^(row − max)}, and the sum of that. */
    float exponentials(float[] row, int offset, int n, float max);

    float max(float[] row, int offset, int n);

    float sum(float[] a, int n);

    float dot(float[] a, float[] b, int offset, int n);
}
