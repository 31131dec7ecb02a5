package io.rondo.inspect.receipt;

import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/** Avro bodies of records by the schemas of this version, since a receipt comes without a registry. */
final class Bodies {
    private static final int ID = 1;
    private static final int HEADER = 5;

    private Bodies() {}

    static byte[] of(SpecificRecord record) {
        try (RecordCodec codec = codec(record.getSchema())) {
            byte[] value = codec.encode("", record);
            return Arrays.copyOfRange(value, HEADER, value.length);
        }
    }

    /** @throws IllegalArgumentException when the bytes are no such record, all of them and in their one form */
    static <T extends SpecificRecord> T read(byte[] body, Schema schema, Class<T> type) {
        byte[] value = ByteBuffer.allocate(HEADER + body.length)
                .put((byte) 0)
                .putInt(ID)
                .put(body)
                .array();
        try (RecordCodec codec = codec(schema)) {
            if (codec.decode("", value) instanceof Decoded.Readable readable
                    && type.isInstance(readable.record())
                    && Arrays.equals(of(readable.record()), body)) {
                return type.cast(readable.record());
            }
        }
        throw new IllegalArgumentException("its bytes are no " + schema.getName());
    }

    private static RecordCodec codec(Schema schema) {
        return RecordCodec.ofSchemas(Map.of(ID, schema));
    }
}
