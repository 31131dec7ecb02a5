package io.rondo.schemas.serde;

import io.rondo.schemas.adapter.RejectionReason;
import java.nio.ByteBuffer;

/** The five bytes before an Avro body: a zero, then the schema's id, big-endian. */
final class WireFormat {
    static final int MAGIC = 0;
    static final int HEADER = 1 + Integer.BYTES;

    private WireFormat() {}

    static boolean is(byte[] value) {
        return value.length >= HEADER && value[0] == MAGIC;
    }

    static int schemaId(byte[] value) {
        if (!is(value)) {
            throw new UnreadableRecordException(
                    RejectionReason.UNREADABLE,
                    "not in wire format: " + value.length + " bytes"
                            + (value.length == 0 ? "" : ", the first is " + (value[0] & 0xff) + ", not 0"));
        }
        return ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
    }
}
