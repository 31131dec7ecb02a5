package io.rondo.trainer.nd4j.kernel;

/**
 * Elementwise steps of a transformer on rows that lie in heap arrays, in plain loops that the compiler can unroll and
 * vectorise. Reductions use four running sums, always in the same order, so results repeat bit by bit.
 */
public final class Kernels {
    private static final float LOG2_E = 1.442695f;
    /** Adding and subtracting 1.5 · 2²³ rounds a small float to the nearest integer. */
    private static final float ROUND = 12582912f;

    /** ln 2 in two parts, so that the reduction of exp loses nothing. */
    private static final float LN2_HIGH = 0.6933594f;

    private static final float LN2_LOW = -0.00021219444f;
    private static final float EXP_MIN = -87f;
    private static final float EXP_MAX = 88f;
    private static final int EXPONENT_BIAS = 127;
    private static final int MANTISSA_BITS = 23;

    private static final float INVERSE_SQRT_2 = 0.70710677f;
    private static final float INVERSE_SQRT_2_PI = 0.3989423f;

    private Kernels() {}

    /** e^x within 2 ulp between −87 and 88, and the nearest of the two bounds' values outside (Cephes' expf). */
    static float exp(float x) {
        float bounded = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
        float exponent = (bounded * LOG2_E + ROUND) - ROUND;
        float rest = bounded - exponent * LN2_HIGH - exponent * LN2_LOW;
        float p = 0.00019875691f;
        p = p * rest + 0.0013981999f;
        p = p * rest + 0.008333452f;
        p = p * rest + 0.041665796f;
        p = p * rest + 0.16666666f;
        p = p * rest + 0.5f;
        p = p * rest * rest + rest + 1f;
        return p * Float.intBitsToFloat(((int) exponent + EXPONENT_BIAS) << MANTISSA_BITS);
    }

    /**
     * BERT's gelu, by the error function (Abramowitz and Stegun 7.1.26, within 1.5e-7): {@code x[i] ← gelu(x[i] +
     * bias[i])}, and its derivative into {@code slope}.
     */
    public static void gelu(float[] x, float[] bias, float[] slope, int n) {
        for (int i = 0; i < n; i++) {
            float value = x[i] + bias[i];
            float density = exp(-0.5f * value * value);
            float t = 1f / (1f + 0.3275911f * INVERSE_SQRT_2 * Math.abs(value));
            float p = 1.0614054f;
            p = p * t - 1.4531521f;
            p = p * t + 1.4214138f;
            p = p * t - 0.28449672f;
            p = p * t + 0.2548296f;
            float tail = 0.5f * p * t * density;
            float cumulative = value >= 0 ? 1f - tail : tail;
            x[i] = value * cumulative;
            slope[i] = cumulative + value * density * INVERSE_SQRT_2_PI;
        }
    }

    /** Softmax of one row, in place. */
    public static void softmax(float[] row, int offset, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = offset; i < offset + n; i++) {
            max = Math.max(max, row[i]);
        }
        float sum = 0;
        for (int i = offset; i < offset + n; i++) {
            float e = exp(row[i] - max);
            row[i] = e;
            sum += e;
        }
        float inverse = 1f / sum;
        for (int i = offset; i < offset + n; i++) {
            row[i] *= inverse;
        }
    }

    /** Backward of softmax for one row: {@code d ← p · (d − p·d)}, in place in {@code d}. */
    public static void softmaxBackward(float[] p, float[] d, int offset, int n) {
        float mean = dot(p, d, offset, n);
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
        float mean = sum(x, n) / n;
        for (int i = 0; i < n; i++) {
            x[i] -= mean;
        }
        float inverse = (float) (1 / Math.sqrt(dot(x, x, 0, n) / n + epsilon));
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
        float mean = sum(d, n) / n;
        float slope = dot(d, normalized, 0, n) / n;
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

    static float sum(float[] a, int n) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i <= n - 4; i += 4) {
            s0 += a[i];
            s1 += a[i + 1];
            s2 += a[i + 2];
            s3 += a[i + 3];
        }
        for (; i < n; i++) {
            s0 += a[i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    static float dot(float[] a, float[] b, int offset, int n) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = offset;
        int end = offset + n;
        for (; i <= end - 4; i += 4) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < end; i++) {
            s0 += a[i] * b[i];
        }
        return (s0 + s1) + (s2 + s3);
    }
}
