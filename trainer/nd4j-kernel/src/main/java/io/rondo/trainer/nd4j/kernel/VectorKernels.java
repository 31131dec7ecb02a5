package io.rondo.trainer.nd4j.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on the Vector API, eight floats at a time. The results are bit-identical to {@link PlainKernels}: no fused
 * multiply-add is used, and exp is implemented here, since the API's was no intrinsic before Java 18.
 */
final class VectorKernels implements RowKernels {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
    private static final int WIDTH = 8;
    private static final int PAIR = 2 * WIDTH;

    /** Whether the machine has vectors of this width; narrower ones would be no gain. */
    static boolean isFast() {
        return FloatVector.SPECIES_PREFERRED.length() >= WIDTH;
    }

    private static FloatVector exp(FloatVector x) {
        FloatVector bounded = x.max(PlainKernels.EXP_MIN).min(PlainKernels.EXP_MAX);
        FloatVector shifted = bounded.mul(PlainKernels.LOG2_E).add(PlainKernels.ROUND);
        FloatVector exponent = shifted.sub(PlainKernels.ROUND);
        FloatVector rest = bounded.sub(exponent.mul(PlainKernels.LN2_HIGH)).sub(exponent.mul(PlainKernels.LN2_LOW));
        FloatVector p = FloatVector.broadcast(FLOATS, PlainKernels.EXP[0]);
        p = p.mul(rest).add(PlainKernels.EXP[1]);
        p = p.mul(rest).add(PlainKernels.EXP[2]);
        p = p.mul(rest).add(PlainKernels.EXP[3]);
        p = p.mul(rest).add(PlainKernels.EXP[4]);
        p = p.mul(rest).add(PlainKernels.EXP[5]);
        p = p.mul(rest).mul(rest).add(rest).add(1f);
        IntVector power = shifted.reinterpretAsInts()
                .sub(PlainKernels.ROUND_BITS)
                .add(PlainKernels.EXPONENT_BIAS)
                .lanewise(VectorOperators.LSHL, PlainKernels.MANTISSA_BITS);
        return p.mul(power.reinterpretAsFloats());
    }

    @Override
    public void gelu(float[] x, float[] bias, float[] slope, int n) {
        int even = n / WIDTH * WIDTH;
        for (int i = 0; i < even; i += WIDTH) {
            FloatVector value = FloatVector.fromArray(FLOATS, x, i).add(FloatVector.fromArray(FLOATS, bias, i));
            FloatVector density = exp(value.mul(-0.5f).mul(value));
            FloatVector t = FloatVector.broadcast(FLOATS, 1f)
                    .div(value.abs().mul(PlainKernels.ERF_SLOPE).add(1f));
            FloatVector p = FloatVector.broadcast(FLOATS, PlainKernels.ERF[0]);
            p = p.mul(t).add(PlainKernels.ERF[1]);
            p = p.mul(t).add(PlainKernels.ERF[2]);
            p = p.mul(t).add(PlainKernels.ERF[3]);
            p = p.mul(t).add(PlainKernels.ERF[4]);
            FloatVector tail = p.mul(0.5f).mul(t).mul(density);
            FloatVector cumulative =
                    tail.blend(FloatVector.broadcast(FLOATS, 1f).sub(tail), value.compare(VectorOperators.GE, 0f));
            value.mul(cumulative).intoArray(x, i);
            cumulative
                    .add(value.mul(density).mul(PlainKernels.INVERSE_SQRT_2_PI))
                    .intoArray(slope, i);
        }
        PlainKernels.gelu(x, bias, slope, even, n);
    }

    @Override
    public float exponentials(float[] row, int offset, int n, float max) {
        FloatVector low = FloatVector.zero(FLOATS);
        FloatVector high = FloatVector.zero(FLOATS);
        int end = offset + n;
        int even = offset + n / PAIR * PAIR;
        for (int i = offset; i < even; i += PAIR) {
            FloatVector first = exp(FloatVector.fromArray(FLOATS, row, i).sub(max));
            FloatVector second =
                    exp(FloatVector.fromArray(FLOATS, row, i + WIDTH).sub(max));
            first.intoArray(row, i);
            second.intoArray(row, i + WIDTH);
            low = low.add(first);
            high = high.add(second);
        }
        return PlainKernels.exponentialsOfRest(row, even, end, max, sums(low, high));
    }

    @Override
    public float max(float[] row, int offset, int n) {
        int end = offset + n;
        int even = offset + n / WIDTH * WIDTH;
        FloatVector largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        for (int i = offset; i < even; i += WIDTH) {
            largest = largest.max(FloatVector.fromArray(FLOATS, row, i));
        }
        return PlainKernels.maxOf(row, even, end, largest.reduceLanes(VectorOperators.MAX));
    }

    @Override
    public float sum(float[] a, int n) {
        FloatVector low = FloatVector.zero(FLOATS);
        FloatVector high = FloatVector.zero(FLOATS);
        int even = n / PAIR * PAIR;
        for (int i = 0; i < even; i += PAIR) {
            low = low.add(FloatVector.fromArray(FLOATS, a, i));
            high = high.add(FloatVector.fromArray(FLOATS, a, i + WIDTH));
        }
        return PlainKernels.sumOfRest(a, even, n, sums(low, high));
    }

    @Override
    public float dot(float[] a, float[] b, int offset, int n) {
        FloatVector low = FloatVector.zero(FLOATS);
        FloatVector high = FloatVector.zero(FLOATS);
        int end = offset + n;
        int even = offset + n / PAIR * PAIR;
        for (int i = offset; i < even; i += PAIR) {
            low = low.add(FloatVector.fromArray(FLOATS, a, i).mul(FloatVector.fromArray(FLOATS, b, i)));
            high = high.add(
                    FloatVector.fromArray(FLOATS, a, i + WIDTH).mul(FloatVector.fromArray(FLOATS, b, i + WIDTH)));
        }
        return PlainKernels.dotOfRest(a, b, even, end, sums(low, high));
    }

    private static float[] sums(FloatVector low, FloatVector high) {
        float[] sums = new float[PAIR];
        low.intoArray(sums, 0);
        high.intoArray(sums, WIDTH);
        return sums;
    }
}
