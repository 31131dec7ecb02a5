package io.rondo.schemas.serde;

import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads records of the log from Confluent's wire format into their generated classes, whatever version of the schema they
 * were written with. Takes Confluent's property names, as {@link RondoAvroSerializer} does, and
 * {@code rondo.max.record.bytes}. Records of other namespaces are refused, and so are values that are too large, that end
 * too early or that extend beyond the record. Safe for any thread once configured.
 */
public final class RondoAvroDeserializer implements Deserializer<SpecificRecord> {
    private SchemaRegistry registry;
    private int maxBytes;
    /** Readers by schema id: finding the class and resolving the schema takes longer than reading a small record. */
    private final Map<Integer, SpecificDatumReader<SpecificRecord>> readers = new ConcurrentHashMap<>();

    /** For Kafka, which calls {@link #configure} next. */
    public RondoAvroDeserializer() {
        LogRecords.trust();
    }

    RondoAvroDeserializer(SchemaRegistry registry, int maxBytes) {
        this();
        this.registry = registry;
        this.maxBytes = maxBytes;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        SerdeSettings settings = SerdeSettings.of(configs);
        registry = new HttpSchemaRegistry(settings.registry(), settings.naming());
        maxBytes = settings.maxRecordBytes();
    }

    /**
     * @return the record, null for null
     * @throws SerializationException when the bytes are faulty
     * @throws RondoException with {@code REGISTRY_UNREACHABLE} or {@code REGISTRY_REFUSED} when the registry fails
     */
    @Override
    public SpecificRecord deserialize(String topic, byte[] value) {
        if (value == null) {
            return null;
        }
        if (value.length > maxBytes) {
            throw new UnreadableRecordException(
                    RejectionReason.TOO_LARGE, value.length + " bytes, over the limit of " + maxBytes);
        }
        int id = WireFormat.schemaId(value);
        SpecificDatumReader<SpecificRecord> reader = readers.get(id);
        if (reader == null) {
            reader = reader(registry.schema(id));
            readers.put(id, reader);
        }
        return read(reader, value);
    }

    private static SpecificDatumReader<SpecificRecord> reader(Schema writer) {
        Class<? extends SpecificRecord> type = LogRecords.classOf(writer);
        SpecificData data = SpecificData.getForClass(type);
        return new SpecificDatumReader<>(writer, data.getSchema(type), data);
    }

    private static SpecificRecord read(SpecificDatumReader<SpecificRecord> reader, byte[] value) {
        BoundedDecoder body = new BoundedDecoder(value, WireFormat.HEADER);
        Schema writer = reader.getSchema();
        try {
            SpecificRecord record = reader.read(null, body);
            if (body.remaining() > 0) {
                throw new UnreadableRecordException(
                        RejectionReason.UNREADABLE,
                        writer.getFullName() + " followed by " + body.remaining() + " bytes that are not part of it");
            }
            return record;
        } catch (UnreadableRecordException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // Avro answers bad bytes with exceptions of all kinds; none of them is about anything but the bytes.
            throw new UnreadableRecordException(
                    RejectionReason.UNREADABLE, "no " + writer.getFullName() + ": " + e.getMessage(), e);
        }
    }
}
