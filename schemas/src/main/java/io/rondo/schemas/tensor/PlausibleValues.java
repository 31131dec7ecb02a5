package io.rondo.schemas.tensor;

/**
 * Which values an adapter can have. Factors of LoRA, VeRA's vectors and heads that are trained stay far below a hundred; beyond the limit somebody
 * tries to take an average over, or a training has diverged.
 */
public final class PlausibleValues {
    /** The largest magnitude that is allowed. */
    public static final float MOST = 65_536f;

    /** What has to be added to the bits of {@link #MOST} and one more to reach the sign. */
    private static final int TO_SIGN = Integer.MIN_VALUE - (Float.floatToRawIntBits(MOST) + 1);

    private PlausibleValues() {}

    /** Whether every value is a number of at most {@link #MOST} in magnitude. */
    public static boolean are(float[] values) {
        int carry = 0;
        for (float value : values) {
            // without a branch: the bits of magnitudes are in the order of their values, NaN and infinity at the end
            carry |= (Float.floatToRawIntBits(value) & 0x7fff_ffff) + TO_SIGN;
        }
        return carry >= 0;
    }

    /** The place of the first value that is none of these; the array's length where all are. */
    public static int firstOther(float[] values) {
        int at = 0;
        while (at < values.length && Math.abs(values[at]) <= MOST) {
            at++;
        }
        return at;
    }
}
