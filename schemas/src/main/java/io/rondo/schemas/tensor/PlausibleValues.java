package io.rondo.schemas.tensor;

/**
 * Which values an adapter can have. Trained LoRA factors, VeRA vectors and heads stay far below a hundred; beyond the limit
 * someone is trying to dominate the average, or training has diverged.
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
     * Whether every value is a number of at most this magnitude: with {@link Float#MAX_VALUE}, whether all are finite.
     *
     * @param most a finite number, not negative
     */
    public static boolean areUpTo(float[] values, float most) {
        // added to the bits of any larger magnitude, this sets the sign bit
        int toSign = Integer.MIN_VALUE - (Float.floatToRawIntBits(most) + 1);
        int carry = 0;
        for (float value : values) {
            // branch-free, so a check costs as much as adding the value to a sum; the bits of magnitudes sort like
            // their values, with infinity and NaN last
            carry |= (Float.floatToRawIntBits(value) & 0x7fff_ffff) + toSign;
        }
        return carry >= 0;
    }

    /** The index of the first value that is not plausible; the array's length if all are. */
    public static int firstOther(float[] values) {
        return firstBeyond(values, MOST);
    }

    /** The index of the first value that is not a number of at most this magnitude; the array's length if all are. */
    public static int firstBeyond(float[] values, float most) {
        int at = 0;
        while (at < values.length && Math.abs(values[at]) <= most) {
            at++;
        }
        return at;
    }
}
