package io.rondo.schemas.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.DType;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorBytesTest {

    @Test
    void shouldWriteLittleEndian() {
        float[] values = {99, 1f, -2.5f, 99};

        assertThat(HexFormat.of().formatHex(TensorBytes.encode(DType.F32, values, 1, 2)))
                .isEqualTo("0000803f000020c0");
        assertThat(HexFormat.of().formatHex(TensorBytes.encode(DType.BF16, values, 1, 2)))
                .isEqualTo("803f20c0");
    }

    @Test
    void shouldKeepEveryBitOfF32() {
        Random random = new Random(1);
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        float[] read = new float[1002];

        TensorBytes.decode(DType.F32, ByteBuffer.wrap(TensorBytes.encode(DType.F32, values, 0, 1000)), read, 1, 1000);

        for (int i = 0; i < values.length; i++) {
            assertThat(Float.floatToRawIntBits(read[i + 1])).isEqualTo(Float.floatToRawIntBits(values[i]));
        }
    }

    /** The slow twin: of the two neighbours take the nearer, of equally near ones the even. */
    @Test
    void shouldRoundBf16ToNearestEven() {
        Random random = new Random(2);
        for (int trial = 0; trial < 20_000; trial++) {
            int bits = trial < 10 ? 0x3f808000 + (trial << 16) : random.nextInt();
            float value = Float.intBitsToFloat(bits);
            if (Float.isNaN(value) || Float.isInfinite(value)) {
                continue;
            }
            int below = bits & 0xffff0000;
            int above = below + 0x10000;
            double toBelow = Math.abs((double) value - Float.intBitsToFloat(below));
            double toAbove = Float.isInfinite(Float.intBitsToFloat(above))
                    ? Math.abs(0x1p128 - Math.abs((double) value))
                    : Math.abs((double) value - Float.intBitsToFloat(above));
            int expected = toBelow < toAbove || (toBelow == toAbove && ((below >>> 16) & 1) == 0) ? below : above;

            assertThat(bf16RoundTrip(value)).as("%08x", bits).isEqualTo(Float.intBitsToFloat(expected));
        }
    }

    @Test
    void shouldKeepNanAndInfinityInBf16() {
        assertThat(bf16RoundTrip(Float.intBitsToFloat(0x7f800001))).isNaN();
        assertThat(bf16RoundTrip(Float.intBitsToFloat(0xffffffff))).isNaN();
        assertThat(bf16RoundTrip(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(bf16RoundTrip(Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
    }

    @Test
    void shouldRefuseBytesOfAnotherLength() {
        assertThatThrownBy(() -> TensorBytes.decode(DType.F32, ByteBuffer.allocate(7), new float[2], 0, 2))
                .hasMessageContaining("7 bytes for 2 elements of F32");
        assertThatThrownBy(() -> TensorBytes.decode(DType.BF16, ByteBuffer.allocate(8), new float[2], 0, 2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TensorBytes.width(DType.UNKNOWN)).isInstanceOf(IllegalArgumentException.class);
    }

    private static float bf16RoundTrip(float value) {
        float[] read = new float[1];
        TensorBytes.decode(
                DType.BF16, ByteBuffer.wrap(TensorBytes.encode(DType.BF16, new float[] {value}, 0, 1)), read, 0, 1);
        return read[0];
    }
}
