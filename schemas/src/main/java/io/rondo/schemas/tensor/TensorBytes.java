package io.rondo.schemas.tensor;

import io.rondo.log.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Float values as little-endian bytes of an element type, and back. */
public final class TensorBytes {
    private TensorBytes() {}

    /**
     * Bytes of an element.
     *
     * @throws IllegalArgumentException when the type is {@link DType#UNKNOWN}
     */
    public static int width(DType dtype) {
        return switch (dtype) {
            case F32 -> Float.BYTES;
            case BF16 -> Short.BYTES;
            case UNKNOWN -> throw new IllegalArgumentException("an element type that this version does not know");
        };
    }

    /** The bytes of {@code values[from]} to {@code values[from + count - 1]}; BF16 rounds to nearest, ties to even. */
    public static byte[] encode(DType dtype, float[] values, int from, int count) {
        byte[] bytes = new byte[Math.multiplyExact(count, width(dtype))];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (dtype == DType.F32) {
            out.asFloatBuffer().put(values, from, count);
        } else {
            for (int i = from; i < from + count; i++) {
                out.putShort(bf16(values[i]));
            }
        }
        return bytes;
    }

    /**
     * Reads {@code count} elements into {@code out[at]} and on. The buffer's position is left as it was.
     *
     * @throws IllegalArgumentException when the buffer does not hold exactly that many elements
     */
    public static void decode(DType dtype, ByteBuffer bytes, float[] out, int at, int count) {
        if (bytes.remaining() != (long) count * width(dtype)) {
            throw new IllegalArgumentException(bytes.remaining() + " bytes for " + count + " elements of " + dtype);
        }
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (dtype == DType.F32) {
            in.asFloatBuffer().get(out, at, count);
        } else {
            for (int i = at; i < at + count; i++) {
                out[i] = Float.intBitsToFloat(in.getShort() << 16);
            }
        }
    }

    private static short bf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // a NaN whose payload is all in the lower half must not round to infinity
            return (short) ((bits >>> 16) | 0x40);
        }
        int roundToEven = 0x7fff + ((bits >>> 16) & 1);
        return (short) ((bits + roundToEven) >>> 16);
    }
}
