package io.rondo.schemas.tensor;

/**
 * Which values an adapter can have. Factors of LoRA, VeRA's vectors and heads that are trained stay far below a hundred; beyond the limit someone
 * tries to take an average over, or a training has diverged.
 */
public final class PlausibleValues {
    /** The largest magnitude that is allowed. */
    public static final float MOST = 65_536f;

    private PlausibleValues() {}

    /** Whether every value is a number of at most {@link #MOST} in magnitude. */
    public static boolean are(float[] values) {
        return areUpTo(values, MOST);
    }

    /**
     * Whether every value is a number of at most so much in magnitude: with {@link Float#MAX_VALUE}, whether all are finite.
     *
     * @param most a finite number, not negative
     */
    public static boolean areUpTo(float[] values, float most) {
        // what has to be added to the bits of the limit and one more to reach the sign
        int toSign = Integer.MIN_VALUE - (Float.floatToRawIntBits(most) + 1);
        int carry = 0;
        for (float value : values) {
            // without a branch, which costs as much as to add the value to a sum; the bits of magnitudes are in the
            // order of
            // their values, NaN and infinity at the end
            carry |= (Float.floatToRawIntBits(value) & 0x7fff_ffff) + toSign;
        }
        return carry >= 0;
    }

    /** The place of the first value that is none of these; the array's length where all are. */
    public static int firstOther(float[] values) {
        return firstBeyond(values, MOST);
    }

    /** The place of the first value that is not a number of at most so much in magnitude; the array's length where all are. */
    public static int firstBeyond(float[] values, float most) {
        int at = 0;
        while (at < values.length && Math.abs(values[at]) <= most) {
            at++;
        }
        return at;
    }
}
