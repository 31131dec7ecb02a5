package io.rondo.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.DType;
import io.rondo.log.PauseRequested;
import io.rondo.log.TensorChunk;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    private static final String TOPIC = "rondo.demo.round.000001";

    private final InMemorySchemas schemas = new InMemorySchemas();
    private final RecordCodec codec = schemas.codec();

    private static TensorChunk chunk() {
        byte[] values = {0, 0, (byte) 0x80, 0x3f};
        return new TensorChunk(
                "site-1", "attempt", 1, 2, 3L, 1, DType.F32, ByteBuffer.wrap(values), Digests.of(values));
    }

    @Test
    void shouldReadWhatItWrote() {
        assertThat(codec.decode(TOPIC, codec.encode(TOPIC, chunk()))).isEqualTo(new Decoded.Readable(chunk()));
        assertThat(codec.require(TOPIC, codec.encode(TOPIC, chunk()), TensorChunk.class))
                .isEqualTo(chunk());
    }

    @Test
    void shouldPutTheSchemaIdBehindAZero() {
        byte[] value = codec.encode(TOPIC, chunk());

        assertThat(Arrays.copyOf(value, 5)).containsExactly(0, 0, 0, 0, 1);
    }

    @Test
    void shouldTakeTheDigestOfTheBodyAlone() {
        byte[] value = codec.encode(TOPIC, chunk());
        byte[] body = Arrays.copyOfRange(value, 5, value.length);
        byte[] foreign = {7, 1, 2, 3, 4, 5};

        assertThat(RecordCodec.bodyDigest(value)).isEqualTo(Digests.of(body));
        assertThat(RecordCodec.bodyDigest(foreign)).isEqualTo(Digests.of(foreign));
        assertThat(RecordCodec.bodyDigest(new byte[4])).isEqualTo(Digests.of(new byte[4]));
        assertThat(RecordCodec.bodyDigest(new byte[5])).isEqualTo(Digests.of(new byte[0]));
    }

    @Test
    void shouldTellAnUnknownSchemaFromBadBytes() {
        assertThat(reason(new byte[] {0, 0, 0, 0, 9, 1})).isEqualTo(RejectionReason.UNKNOWN_SCHEMA);
        assertThat(reason(new byte[] {1, 0, 0, 0, 1, 1})).isEqualTo(RejectionReason.UNREADABLE);
        assertThat(reason(new byte[] {0, 0, 0, 1})).isEqualTo(RejectionReason.UNREADABLE);
        assertThat(reason(new byte[0])).isEqualTo(RejectionReason.UNREADABLE);
        assertThat(reason(null)).isEqualTo(RejectionReason.UNREADABLE);
        assertThat(reason(new byte[(2 << 20) + 1])).isEqualTo(RejectionReason.TOO_LARGE);
    }

    @Test
    void shouldRequireTheTypeThatIsAskedFor() {
        byte[] value = codec.encode(TOPIC, chunk());

        assertThatThrownBy(() -> codec.require(TOPIC, value, PauseRequested.class))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RECORD_UNREADABLE))
                .hasMessageContaining("PauseRequested")
                .hasMessageContaining("TensorChunk")
                .hasMessageContaining(TOPIC);
        assertThatThrownBy(() -> codec.require(TOPIC, new byte[3], TensorChunk.class))
                .isInstanceOf(RondoException.class)
                .hasMessageContaining("unreadable");
    }

    @Test
    void shouldNotRegisterWhereItOnlyLooksUp() {
        assertThatThrownBy(() -> schemas.lookUpOnly().encode(TOPIC, chunk()))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SCHEMA_UNKNOWN));
    }

    @Test
    void shouldRefuseASerializerThatIsNotThere() {
        assertThatThrownBy(() -> RecordCodec.of(
                        Map.of("schema.registry.url", "http://127.0.0.1:1", "value.serializer", "com.example.Missing")))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_CONFIG))
                .hasMessageContaining("com.example.Missing");
    }

    private RejectionReason reason(byte[] value) {
        return ((Decoded.Unreadable) codec.decode(TOPIC, value)).reason();
    }
}
