package io.rondo.trainer.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void chooseFile() {
        file = directory.resolve("model.safetensors");
    }

    @Test
    void shouldReadWhatItsWriterWrote() throws IOException {
        // given
        Map<String, float[]> values = Map.of("a", new float[] {1, 2, 3, 4, 5, 6}, "b", new float[] {-0.5f});
        SafeTensorsWriter.write(
                file,
                List.of(
                        new SafeTensorsWriter.Header("a", List.of(2, 3)),
                        new SafeTensorsWriter.Header("b", List.of(1))),
                values::get);

        // when
        try (SafeTensors tensors = SafeTensors.open(file)) {
            // then
            assertThat(tensors.names()).containsExactly("a", "b");
            assertThat(tensors.floats("a", 2, 3)).isEqualTo(FloatBuffer.wrap(values.get("a")));
            assertThat(tensors.floats("b", 1)).isEqualTo(FloatBuffer.wrap(values.get("b")));
        }
    }

    @Test
    void shouldReadHalfPrecisionAsFloats() throws IOException {
        // given
        byte[] header = ("{\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[4,8]}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header);
        bytes.putShort((short) 0x3c00)
                .putShort((short) 0xb800)
                .putShort((short) 0x3f80)
                .putShort((short) 0xc000);
        Files.write(file, bytes.array());

        try (SafeTensors tensors = SafeTensors.open(file)) {
            // when
            float[] halves = tensors.array("h", 2);
            float[] second = new float[1];
            tensors.read("b", 1, second, 1);

            // then
            assertThat(halves).containsExactly(1, -0.5f);
            assertThat(second).containsExactly(-2);
            assertThat(tensors.isFloat32("h")).isFalse();
            assertThat(tensors.shape("b")).contains(List.of(2L));
        }
    }

    @Test
    void shouldConvertEveryHalf() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = (bits >> 10) & 31;
            double magnitude =
                    exponent == 0 ? Math.scalb(bits & 1023, -24) : Math.scalb(1024 + (bits & 1023), exponent - 25);
            float converted = ElementType.half((short) bits);
            if (exponent == 31) {
                assertThat((bits & 1023) == 0 ? Float.isInfinite(converted) : Float.isNaN(converted))
                        .isTrue();
            } else {
                assertThat(Math.abs(converted)).isEqualTo((float) magnitude);
            }
            if (!Float.isNaN(converted)) {
                assertThat(Float.floatToRawIntBits(converted) < 0).isEqualTo(bits >= 1 << 15);
            }
        }
    }

    @Test
    void shouldSkipMetadataAndStartItsDataAfterThePaddedHeader() throws IOException {
        write(
                "{\"__metadata__\":{\"format\":\"pt\"},\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}  ",
                4);

        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertThat(tensors.names()).containsExactly("x");
            assertThat(tensors.floats("x", 1).limit()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1L << 31, Long.MAX_VALUE, -1, (4 << 20) + 1})
    void shouldRefuseAHeaderLengthThatCannotBe(long length) throws IOException {
        Files.write(
                file,
                ByteBuffer.allocate(64)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(length)
                        .array());

        assertUnreadable();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "not json at all",
                "{\"x\":3}",
                // no such dtype
                "{\"x\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                // shape × width is not the length
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
                "{\"x\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                // a product that overflows to the right length
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}",
                // negative
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[4,0]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}",
                // no numbers, too few, too many
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,2,4]}}",
                "{\"x\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}",
                // out of the file
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                // a hole at the end
                "{}",
                // overlapping
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"y\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}",
                // twice the same name
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
            })
    void shouldRefuseAHostileHeader(String header) throws IOException {
        write(header, 4);

        assertUnreadable();
    }

    @Test
    void shouldRefuseEveryTruncationOfAGoodFile() throws IOException {
        write("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
        byte[] whole = Files.readAllBytes(file);

        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertUnreadable();
        }
    }

    @Test
    void shouldRefuseAFileThatIsNotThere() {
        assertUnreadable();
    }

    @Test
    void shouldRefuseATensorOfAnotherNameOrShapeOrType() throws IOException {
        write(
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[4,6]},"
                        + "\"i\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[6,8]}}",
                8);

        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertCode(ErrorCode.MODEL_UNREADABLE, () -> tensors.floats("y", 1));
            assertCode(ErrorCode.MODEL_UNREADABLE, () -> tensors.floats("x", 2));
            assertCode(ErrorCode.MODEL_UNREADABLE, () -> tensors.floats("x", 1, 1));
            assertCode(ErrorCode.MODEL_UNSUPPORTED, () -> tensors.floats("h", 1));
            assertCode(ErrorCode.MODEL_UNSUPPORTED, () -> tensors.require("i", 1));
            assertThatThrownBy(() -> tensors.read("h", 1, new float[1], 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> tensors.read("i", 0, new float[1], 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private void write(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        Files.write(
                file,
                ByteBuffer.allocate(8 + json.length + dataBytes)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(json.length)
                        .put(json)
                        .array());
    }

    private void assertUnreadable() {
        assertCode(ErrorCode.MODEL_UNREADABLE, () -> SafeTensors.open(file));
    }

    private void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RondoException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal).hasMessageContaining(file.toString());
        });
    }
}
