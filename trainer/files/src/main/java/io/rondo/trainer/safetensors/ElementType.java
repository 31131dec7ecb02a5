package io.rondo.trainer.safetensors;

import io.rondo.log.DType;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The element types of the format; those of neural networks' weights are readable, as float32. */
enum ElementType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int width;

    ElementType(int width) {
        this.width = width;
    }

    static Optional<ElementType> named(String id) {
        return Arrays.stream(values()).filter(type -> type.name().equals(id)).findFirst();
    }

    int width() {
        return width;
    }

    boolean isReadable() {
        return this == F32 || this == F16 || this == BF16;
    }

    /** @param bytes that many elements, little-endian */
    void decode(ByteBuffer bytes, float[] out, int count) {
        bytes.flip();
        switch (this) {
            case F32 -> TensorBytes.decode(DType.F32, bytes, out, 0, count);
            case BF16 -> TensorBytes.decode(DType.BF16, bytes, out, 0, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = half(bytes.getShort());
                }
            }
            default -> throw new IllegalStateException(this + " is no readable type");
        }
    }

    /** IEEE 754 binary16, exactly; the JDK has it from 20 on. */
    static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 112;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}
