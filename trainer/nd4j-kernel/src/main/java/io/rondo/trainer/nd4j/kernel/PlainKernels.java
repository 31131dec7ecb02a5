package io.rondo.trainer.nd4j.kernel;

/** Kernels in plain loops, for any machine. */
final class PlainKernels implements RowKernels {
    static final float LOG2_E = 1.442695f;
    /** Adding and subtracting 1.5 · 2²³ rounds a small float to the nearest integer; the sum's low bits are that integer. */
    static final float ROUND = 12582912f;

    static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);

    /** ln 2 in two parts, so that the reduction of exp loses nothing. */
    static final float LN2_HIGH = 0.6933594f;

    static final float LN2_LOW = -0.00021219444f;
    static final float EXP_MIN = -87f;
    static final float EXP_MAX = 88f;
    static final int EXPONENT_BIAS = 127;
    static final int MANTISSA_BITS = 23;
    /** Coefficients of exp on the reduced range (Cephes' expf), the highest first. */
    static final float[] EXP = {0.00019875691f, 0.0013981999f, 0.008333452f, 0.041665796f, 0.16666666f, 0.5f};

    static final float ERF_SLOPE = 0.3275911f * 0.70710677f;
    /** Coefficients of erf's complement, the highest first. */
    static final float[] ERF = {1.0614054f, -1.4531521f, 1.4214138f, -0.28449672f, 0.2548296f};

    static final float INVERSE_SQRT_2_PI = 0.3989423f;

    /** Running sums of a reduction. */
    private static final int SUMS = 16;

    /** e^x within 2 ulp between −87 and 88, and the nearest of the two bounds' values outside. */
    static float exp(float x) {
        float bounded = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
        float shifted = bounded * LOG2_E + ROUND;
        float exponent = shifted - ROUND;
        float rest = bounded - exponent * LN2_HIGH - exponent * LN2_LOW;
        float p = EXP[0];
        p = p * rest + EXP[1];
        p = p * rest + EXP[2];
        p = p * rest + EXP[3];
        p = p * rest + EXP[4];
        p = p * rest + EXP[5];
        p = p * rest * rest + rest + 1f;
        int power = Float.floatToRawIntBits(shifted) - ROUND_BITS;
        return p * Float.intBitsToFloat((power + EXPONENT_BIAS) << MANTISSA_BITS);
    }

    @Override
    public void gelu(float[] x, float[] bias, float[] slope, int n) {
        gelu(x, bias, slope, 0, n);
    }

    static void gelu(float[] x, float[] bias, float[] slope, int from, int to) {
        for (int i = from; i < to; i++) {
            float value = x[i] + bias[i];
            float density = exp(-0.5f * value * value);
            float t = 1f / (1f + ERF_SLOPE * Math.abs(value));
            float p = ERF[0];
            p = p * t + ERF[1];
            p = p * t + ERF[2];
            p = p * t + ERF[3];
            p = p * t + ERF[4];
            float tail = 0.5f * p * t * density;
            float cumulative = value >= 0 ? 1f - tail : tail;
            x[i] = value * cumulative;
            slope[i] = cumulative + value * density * INVERSE_SQRT_2_PI;
        }
    }

    @Override
    public float exponentials(float[] row, int offset, int n, float max) {
        float[] sums = new float[SUMS];
        int end = offset + n;
        int even = offset + n / SUMS * SUMS;
        for (int i = offset; i < even; i += SUMS) {
            for (int k = 0; k < SUMS; k++) {
                float e = exp(row[i + k] - max);
                row[i + k] = e;
                sums[k] += e;
            }
        }
        return exponentialsOfRest(row, even, end, max, sums);
    }

    /** The last elements, and then the sums of all. */
    static float exponentialsOfRest(float[] row, int from, int to, float max, float[] sums) {
        for (int i = from; i < to; i++) {
            float e = exp(row[i] - max);
            row[i] = e;
            sums[i - from] += e;
        }
        return total(sums);
    }

    @Override
    public float max(float[] row, int offset, int n) {
        return maxOf(row, offset, offset + n, Float.NEGATIVE_INFINITY);
    }

    static float maxOf(float[] row, int from, int to, float max) {
        float largest = max;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, row[i]);
        }
        return largest;
    }

    @Override
    public float sum(float[] a, int n) {
        float[] sums = new float[SUMS];
        int even = n / SUMS * SUMS;
        for (int i = 0; i < even; i += SUMS) {
            for (int k = 0; k < SUMS; k++) {
                sums[k] += a[i + k];
            }
        }
        return sumOfRest(a, even, n, sums);
    }

    static float sumOfRest(float[] a, int from, int to, float[] sums) {
        for (int i = from; i < to; i++) {
            sums[i - from] += a[i];
        }
        return total(sums);
    }

    @Override
    public float dot(float[] a, float[] b, int offset, int n) {
        float[] sums = new float[SUMS];
        int end = offset + n;
        int even = offset + n / SUMS * SUMS;
        for (int i = offset; i < even; i += SUMS) {
            for (int k = 0; k < SUMS; k++) {
                sums[k] += a[i + k] * b[i + k];
            }
        }
        return dotOfRest(a, b, even, end, sums);
    }

    static float dotOfRest(float[] a, float[] b, int from, int to, float[] sums) {
        for (int i = from; i < to; i++) {
            sums[i - from] += a[i] * b[i];
        }
        return total(sums);
    }

    /** Adds up the sixteen sums pairwise: the order affects the result. */
    private static float total(float[] sums) {
        for (int width = SUMS / 2; width > 0; width /= 2) {
            for (int k = 0; k < width; k++) {
                sums[k] += sums[k + width];
            }
        }
        return sums[0];
    }
}
