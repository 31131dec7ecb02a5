package io.rondo.trainer.nd4j.kernel;

/**
 * Elementwise steps of a transformer on rows in heap arrays. If the JVM was started with {@code --add-modules
 * jdk.incubator.vector} they use vectors, else plain loops; the results are bit-identical. Safe for any thread.
 */
public final class Kernels {
    private static final RowKernels ROWS = fastest();

    private Kernels() {}

    private static RowKernels fastest() {
        boolean hasVectors =
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        // the class with the vectors must not be loaded without their module
        return hasVectors && VectorKernels.isFast() ? new VectorKernels() : new PlainKernels();
    }

    /** The kernels in use: {@code vector} or {@code plain}. */
    public static String kind() {
        return ROWS instanceof PlainKernels ? "plain" : "vector";
    }

    /**
     * BERT's gelu: {@code x[i] ← gelu(x[i] + bias[i])}, and its derivative into {@code slope}.
     */
    public static void gelu(float[] x, float[] bias, float[] slope, int n) {
        ROWS.gelu(x, bias, slope, n);
    }

    /** Softmax of one row, in place. */
    public static void softmax(float[] row, int offset, int n) {
        float inverse = 1f / ROWS.exponentials(row, offset, n, ROWS.max(row, offset, n));
        for (int i = offset; i < offset + n; i++) {
            row[i] *= inverse;
        }
    }

    /** Backward of softmax for one row: {@code d ← p · (d − p·d)}, in place in {@code d}. */
    public static void softmaxBackward(float[] p, float[] d, int offset, int n) {
        float mean = ROWS.dot(p, d, offset, n);
        for (int i = offset; i < offset + n; i++) {
            d[i] = p[i] * (d[i] - mean);
        }
    }

    /**
     * Layer norm of a row.
     *
     * @param x the row, which is overwritten
     * @param normalized receives the row with mean 0 and variance 1
     * @param out receives {@code normalized · weight + bias}
     * @return the inverse of the standard deviation, for the backward
     */
    public static float layerNorm(
            float[] x, float[] weight, float[] bias, float[] normalized, float[] out, int n, float epsilon) {
        float mean = ROWS.sum(x, n) / n;
        for (int i = 0; i < n; i++) {
            x[i] -= mean;
        }
        float inverse = (float) (1 / Math.sqrt(ROWS.dot(x, x, 0, n) / n + epsilon));
        for (int i = 0; i < n; i++) {
            float value = x[i] * inverse;
            normalized[i] = value;
            out[i] = value * weight[i] + bias[i];
        }
        return inverse;
    }

    /** Backward of layer norm for a row: the gradient {@code d} becomes that of the norm's input, in place. */
    public static void layerNormBackward(float[] d, float[] normalized, float[] weight, float inverse, int n) {
        for (int i = 0; i < n; i++) {
            d[i] *= weight[i];
        }
        float mean = ROWS.sum(d, n) / n;
        float slope = ROWS.dot(d, normalized, 0, n) / n;
        for (int i = 0; i < n; i++) {
            d[i] = inverse * (d[i] - mean - normalized[i] * slope);
        }
    }

    /** {@code a ← a + b}. */
    public static void add(float[] a, float[] b, int n) {
        for (int i = 0; i < n; i++) {
            a[i] += b[i];
        }
    }

    /** {@code a ← a · b}, element by element. */
    public static void multiply(float[] a, float[] b, int n) {
        for (int i = 0; i < n; i++) {
            a[i] *= b[i];
        }
    }

    /** {@code sum ← sum + a · b}, element by element. */
    public static void addProduct(float[] sum, float[] a, float[] b, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] += a[i] * b[i];
        }
    }
}
