package io.rondo.trainer.nd4j.model;

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
    @ValueSource(longs = {0, 1, 1L << 31, Long.MAX_VALUE, -1, (16 << 20) + 1})
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
                        + "\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[4,6]}}",
                6);

        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertCode(ErrorCode.MODEL_UNREADABLE, () -> tensors.floats("y", 1));
            assertCode(ErrorCode.MODEL_UNREADABLE, () -> tensors.floats("x", 2));
            assertCode(ErrorCode.MODEL_UNREADABLE, () -> tensors.floats("x", 1, 1));
            assertCode(ErrorCode.MODEL_UNSUPPORTED, () -> tensors.floats("h", 1));
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
