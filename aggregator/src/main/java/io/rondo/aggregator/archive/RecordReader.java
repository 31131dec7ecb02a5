package io.rondo.aggregator.archive;

import io.rondo.schemas.serde.BoundedDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Reads records in the layout of {@link RecordSchema}, each as logged. Does not decode bodies. */
final class RecordReader {
    private final TopicPartition source;

    RecordReader(TopicPartition source) {
        this.source = source;
    }

    /**
     * The next record.
     *
     * @param in a decoder that checks every length against the remaining bytes before it allocates
     */
    ConsumerRecord<byte[], byte[]> read(BoundedDecoder in) throws IOException {
        long offset = in.readLong();
        long timestamp = in.readLong();
        TimestampType type = in.readEnum() == 1 ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
        byte[] key = readBytes(in);
        RecordHeaders headers = new RecordHeaders();
        for (long count = in.readArrayStart(); count > 0; count = in.arrayNext()) {
            for (long i = 0; i < count; i++) {
                headers.add(new RecordHeader(in.readString(), readBytes(in)));
            }
        }
        byte[] value = readValue(in);
        return new ConsumerRecord<>(
                source.topic(),
                source.partition(),
                offset,
                timestamp,
                type,
                key == null ? ConsumerRecord.NULL_SIZE : key.length,
                value == null ? ConsumerRecord.NULL_SIZE : value.length,
                key,
                value,
                headers,
                Optional.empty());
    }

    private static byte[] readValue(BoundedDecoder in) throws IOException {
        int id = in.readInt();
        int bodyBytes = in.readInt();
        if (id == RecordSchema.NO_SCHEMA) {
            return readBytes(in);
        }
        if (bodyBytes < 0 || bodyBytes > in.remaining()) {
            throw new AvroRuntimeException("a body of " + bodyBytes + " bytes");
        }
        in.readIndex();
        byte[] value = new byte[RecordWriter.WIRE_HEADER + bodyBytes];
        ByteBuffer.wrap(value).putInt(1, id);
        in.readFixed(value, RecordWriter.WIRE_HEADER, bodyBytes);
        return value;
    }

    private static byte[] readBytes(BoundedDecoder in) throws IOException {
        return switch (in.readIndex()) {
            case RecordSchema.NULL -> {
                in.readNull();
                yield null;
            }
            case RecordSchema.BYTES -> {
                ByteBuffer bytes = in.readBytes(null);
                byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                yield copy;
            }
            default -> throw new AvroRuntimeException("a branch that there is not");
        };
    }
}
