package io.rondo.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.DType;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.RejectionReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** What a trainer that means no good, or a program that writes to the wrong topic, can put on a topic. */
class HostileBytesTest {
    private static final String TOPIC = "rondo.demo.manifests";

    private final InMemorySchemas schemas = new InMemorySchemas();
    private final RecordCodec codec = schemas.codec();

    private static TensorChunk chunk() {
        return new TensorChunk(
                "site-1", "a", 1, 2, 3L, 1, DType.F32, ByteBuffer.wrap(new byte[4]), new Sha256(new byte[32]));
    }

    @Test
    void shouldRefuseEveryTruncation() {
        byte[] value = codec.encode(TOPIC, chunk());

        for (int length = 5; length < value.length; length++) {
            assertThat(reason(Arrays.copyOf(value, length))).isEqualTo(RejectionReason.UNREADABLE);
        }
    }

    @Test
    void shouldRefuseBytesBehindTheRecord() {
        byte[] value = codec.encode(TOPIC, chunk());

        assertThat(reason(Arrays.copyOf(value, value.length + 1))).isEqualTo(RejectionReason.UNREADABLE);
    }

    @Test
    void shouldRefuseAStringOfTwoGigabytesInAShortBody() {
        int id = schemas.register(TensorChunk.getClassSchema());

        assertThat(reason(body(id, out -> writeLong(out, Integer.MAX_VALUE - 8L))))
                .isEqualTo(RejectionReason.UNREADABLE);
        assertThat(reason(body(id, out -> writeLong(out, Long.MAX_VALUE)))).isEqualTo(RejectionReason.UNREADABLE);
        assertThat(reason(body(id, out -> writeLong(out, -1)))).isEqualTo(RejectionReason.UNREADABLE);
    }

    @Test
    void shouldRefuseArraysThatCountMoreThanThereIs() {
        int id = schemas.register(UpdateManifest.getClassSchema());

        for (long count : new long[] {Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, -Integer.MAX_VALUE}) {
            byte[] value = body(id, out -> {
                out.writeBytes(new byte[] {2, 'j', 0, 0, 2, 't', 2, 'i', 2, 'a', 2, 2, 2});
                writeLong(out, count);
                writeLong(out, 1);
            });
            assertThat(reason(value)).isEqualTo(RejectionReason.UNREADABLE);
        }
    }

    @Test
    void shouldSurviveRandomDamage() {
        byte[] value = codec.encode(TOPIC, chunk());
        Random random = new Random(7);

        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = value.clone();
            for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                damaged[5 + random.nextInt(damaged.length - 5)] = (byte) random.nextInt();
            }
            // any answer will do, an exception will not
            assertThat(codec.decode(TOPIC, damaged)).isNotNull();
        }
    }

    @Test
    void shouldRefuseRecordsOfOthers() throws IOException {
        Schema foreign = SchemaBuilder.record("java.lang.Thread")
                .fields()
                .requiredInt("x")
                .endRecord();
        Schema unknown = SchemaBuilder.record("io.rondo.log.Nothing")
                .fields()
                .requiredInt("x")
                .endRecord();

        for (Schema schema : new Schema[] {foreign, unknown}) {
            GenericRecord record = new GenericData.Record(schema);
            record.put("x", 1);
            assertThat(reason(write(schema, record))).isEqualTo(RejectionReason.UNEXPECTED_RECORD);
        }
        assertThat(reason(body(schemas.register(Schema.create(Schema.Type.STRING)), out -> writeLong(out, 0))))
                .isEqualTo(RejectionReason.UNEXPECTED_RECORD);
    }

    @Test
    void shouldRefuseNestingWithoutEnd() {
        // a writer's schema whose record nests itself, in a field that our reader skips
        Schema deep = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"PauseRequested\",\"namespace\":\"io.rondo.log\",\"fields\":["
                        + "{\"name\":\"more\",\"type\":[\"null\",\"PauseRequested\"]},"
                        + "{\"name\":\"jobUuid\",\"type\":\"string\"},{\"name\":\"reason\",\"type\":\"string\"},"
                        + "{\"name\":\"requestedAt\",\"type\":\"long\"}]}");
        byte[] nested = new byte[1 << 20];
        Arrays.fill(nested, (byte) 2);

        assertThat(reason(body(schemas.register(deep), out -> out.writeBytes(nested))))
                .isEqualTo(RejectionReason.UNREADABLE);
    }

    @Test
    void shouldReadWhatANewerVersionWroteWithOneMoreField() throws IOException {
        Schema newer = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"PauseRequested\",\"namespace\":\"io.rondo.log\",\"fields\":["
                        + "{\"name\":\"added\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},"
                        + "{\"name\":\"jobUuid\",\"type\":\"string\"},{\"name\":\"reason\",\"type\":\"string\"},"
                        + "{\"name\":\"requestedAt\",\"type\":\"long\"}]}");
        GenericRecord record = new GenericData.Record(newer);
        record.put("added", java.util.List.of("x", "y"));
        record.put("jobUuid", "u");
        record.put("reason", "r");
        record.put("requestedAt", 5L);

        assertThat(codec.decode(TOPIC, write(newer, record)))
                .isEqualTo(new Decoded.Readable(new io.rondo.log.PauseRequested("u", "r", 5L, null)));
    }

    private RejectionReason reason(byte[] value) {
        Decoded decoded = codec.decode(TOPIC, value);
        assertThat(decoded).isInstanceOf(Decoded.Unreadable.class);
        return ((Decoded.Unreadable) decoded).reason();
    }

    private byte[] write(Schema schema, GenericRecord record) throws IOException {
        ByteArrayOutputStream out = header(schemas.register(schema));
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static byte[] body(int id, Consumer<ByteArrayOutputStream> body) {
        ByteArrayOutputStream out = header(id);
        body.accept(out);
        return out.toByteArray();
    }

    private static ByteArrayOutputStream header(int id) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0);
        out.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
        return out;
    }

    private static void writeLong(ByteArrayOutputStream out, long value) {
        long bits = (value << 1) ^ (value >> 63);
        while ((bits & ~0x7fL) != 0) {
            out.write((int) ((bits & 0x7f) | 0x80));
            bits >>>= 7;
        }
        out.write((int) bits);
    }
}
