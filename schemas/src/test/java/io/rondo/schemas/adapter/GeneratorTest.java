package io.rondo.schemas.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;

class GeneratorTest {

    /** Golden: these values may never change, since trainers in other languages draw them too. */
    @Test
    void shouldDrawTheSpecifiedValues() {
        float[] values = new float[10];

        Generator.uniform(1, "q.lora_A.weight", 1, values);

        assertThat(values)
                .containsExactly(
                        0x1.847b080000000p-1f,
                        -0x1.bd609c0000000p-1f,
                        -0x1.f3e1480000000p-2f,
                        0x1.f3c8e00000000p-2f,
                        -0x1.3ce7f00000000p-2f,
                        0x1.f3ede00000000p-4f,
                        0x1.cd04600000000p-4f,
                        0x1.f80e400000000p-5f,
                        -0x1.6277e00000000p-4f,
                        -0x1.8a63e80000000p-1f);
    }

    @Test
    void shouldFollowItsSpecificationStepByStep() throws Exception {
        float[] values = new float[20];
        Generator.uniform(-7, "x", 0.25, values);

        byte[] third = MessageDigest.getInstance("SHA-256")
                .digest("rondo-generator-v1\n-7\nx\n2".getBytes(StandardCharsets.US_ASCII));
        long unsigned = Integer.toUnsignedLong(
                ByteBuffer.wrap(third).order(ByteOrder.LITTLE_ENDIAN).getInt(3 * 4));

        assertThat(values[2 * 8 + 3]).isEqualTo((float) (((unsigned >> 8) / 8388608.0 - 1) * 0.25));
    }

    @Test
    void shouldDrawLoraAWithinKaimingBounds() {
        float[] values = Generator.loraA(3, new TensorShape("a", TensorRole.LORA_A, 8, 384))
                .values();
        double mean = 0;
        double bound = 1 / Math.sqrt(384);
        for (float value : values) {
            mean += value / values.length;
            assertThat((double) value).isBetween(-bound, bound);
        }

        assertThat(values).hasSize(3072);
        assertThat(Math.abs(mean)).isLessThan(bound / 20);
        assertThat(Generator.loraA(4, new TensorShape("a", TensorRole.LORA_A, 8, 384))
                        .values())
                .isNotEqualTo(values);
        assertThat(Generator.loraA(3, new TensorShape("b", TensorRole.LORA_A, 8, 384))
                        .values())
                .isNotEqualTo(values);
    }
}
