package io.rondo.aggregator.archive;

import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.serde.SchemaTransfer;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.Encoder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/** Writes records in the layout of {@link RecordSchema}. */
final class RecordWriter implements DatumWriter<ConsumerRecord<byte[], byte[]>> {
    /** The zero byte and the schema's id before a body. */
    static final int WIRE_HEADER = 1 + Integer.BYTES;

    private final RecordSchema schema;
    private final RecordCodec codec;

    /** @param codec checks whether a value can be read; uses the archive's schemas, as its readers do */
    RecordWriter(RecordSchema schema, RecordCodec codec) {
        this.schema = schema;
        this.codec = codec;
    }

    @Override
    public void setSchema(Schema unused) {
        // the file's writer tells it; it is the one that the constructor was given
    }

    @Override
    public void write(ConsumerRecord<byte[], byte[]> record, Encoder out) throws IOException {
        out.writeLong(record.offset());
        out.writeLong(record.timestamp());
        out.writeEnum(record.timestampType() == TimestampType.LOG_APPEND_TIME ? 1 : 0);
        writeBytes(record.key(), out);
        Header[] headers = record.headers().toArray();
        out.writeArrayStart();
        out.setItemCount(headers.length);
        for (Header header : headers) {
            out.startItem();
            out.writeString(header.key());
            writeBytes(header.value(), out);
        }
        out.writeArrayEnd();
        writeValue(record, out);
    }

    private void writeValue(ConsumerRecord<byte[], byte[]> record, Encoder out) throws IOException {
        byte[] value = record.value();
        int id = SchemaTransfer.id(value).orElse(RecordSchema.NO_SCHEMA);
        boolean isReadable = schema.branch(id) != RecordSchema.BYTES
                && codec.decode(record.topic(), value) instanceof Decoded.Readable;
        if (isReadable) {
            out.writeInt(id);
            out.writeInt(value.length - WIRE_HEADER);
            out.writeIndex(schema.branch(id));
            out.writeFixed(value, WIRE_HEADER, value.length - WIRE_HEADER);
        } else {
            out.writeInt(RecordSchema.NO_SCHEMA);
            out.writeInt(0);
            writeBytes(value, out);
        }
    }

    private static void writeBytes(byte[] bytes, Encoder out) throws IOException {
        if (bytes == null) {
            out.writeIndex(RecordSchema.NULL);
            out.writeNull();
        } else {
            out.writeIndex(RecordSchema.BYTES);
            out.writeBytes(bytes);
        }
    }
}
