package io.rondo.schemas.serde;

import io.rondo.schemas.error.RondoException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes records in Confluent's wire format: a zero byte, the schema's id (four bytes, big-endian), the Avro body. Takes
 * Confluent's property names: {@code schema.registry.url}, {@code auto.register.schemas}, {@code basic.auth.*},
 * {@code bearer.auth.token}, {@code avro.remove.java.properties}, {@code value.subject.name.strategy} and others; the
 * subject defaults to the record's full name. Safe for any thread once configured.
 */
public final class RondoAvroSerializer implements Serializer<SpecificRecord> {
    private SchemaRegistry registry;
    private SubjectNaming naming;
    private boolean register;

    /** For Kafka, which calls {@link #configure} next. */
    public RondoAvroSerializer() {}

    RondoAvroSerializer(SchemaRegistry registry, SubjectNaming naming, boolean register) {
        this.registry = registry;
        this.naming = naming;
        this.register = register;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        SerdeSettings settings = SerdeSettings.of(configs);
        registry = new HttpSchemaRegistry(settings.registry(), settings.naming());
        naming = settings.naming();
        register = settings.register();
    }

    /**
     * @return the bytes, null for null
     * @throws RondoException with {@code REGISTRY_UNREACHABLE}, {@code REGISTRY_REFUSED} or {@code SCHEMA_UNKNOWN}
     */
    @Override
    public byte[] serialize(String topic, SpecificRecord record) {
        if (record == null) {
            return null;
        }
        Schema schema = record.getSchema();
        String subject = naming.subject(topic, schema);
        int id = register ? registry.register(subject, schema) : registry.lookUp(subject, schema);
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        out.write(WireFormat.MAGIC);
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            new SpecificDatumWriter<>(schema, SpecificData.getForClass(record.getClass())).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
