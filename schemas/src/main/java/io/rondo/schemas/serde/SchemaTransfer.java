package io.rondo.schemas.serde;

import io.rondo.schemas.error.RondoException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/** Exports schemas from a registry by id, and imports them into a registry under the same ids. Safe for any thread. */
public final class SchemaTransfer {
    private final HttpSchemaRegistry registry;
    private final SubjectNaming naming;
    private final Map<Registration, Integer> done = new ConcurrentHashMap<>();

    private record Registration(String subject, int id) {}

    private SchemaTransfer(HttpSchemaRegistry registry, SubjectNaming naming) {
        this.registry = registry;
        this.naming = naming;
    }

    /** Takes the same configuration as {@link RecordCodec#of}. */
    public static SchemaTransfer of(Map<String, ?> config) {
        SerdeSettings settings = SerdeSettings.of(config);
        return new SchemaTransfer(new HttpSchemaRegistry(settings.registry(), settings.naming()), settings.naming());
    }

    /**
     * The id in the first bytes of a value, if it is in wire format.
     *
     * @param value a record's value, may be null
     */
    public static OptionalInt id(byte[] value) {
        return value != null && WireFormat.is(value) ? OptionalInt.of(WireFormat.schemaId(value)) : OptionalInt.empty();
    }

    /**
     * The schema of an id; empty if the registry has no Avro schema of that id.
     *
     * @throws RondoException with {@code REGISTRY_UNREACHABLE} or {@code REGISTRY_REFUSED}
     */
    public Optional<Schema> schema(int id) {
        try {
            return Optional.of(registry.schema(id));
        } catch (UnreadableRecordException e) {
            return Optional.empty();
        }
    }

    /**
     * Sends an uncached request to the registry.
     *
     * @throws RondoException with {@code REGISTRY_UNREACHABLE} when it does not answer
     */
    public void ping() {
        registry.ping();
    }

    /**
     * Whether this is a schema of a record of the log that this version reads. No other schema is imported for a job, since
     * an import is not checked against existing versions.
     */
    public static boolean isOfLog(Schema schema) {
        try {
            Class<? extends SpecificRecord> type = LogRecords.classOf(schema);
            Schema ours = SpecificData.getForClass(type).getSchema(type);
            return isReadable(ours, schema) && isReadable(schema, ours);
        } catch (UnreadableRecordException e) {
            return false;
        }
    }

    private static boolean isReadable(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                        .getType()
                == SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE;
    }

    /**
     * Registers a schema under its original id if that id is free and the registry supports imports, as Confluent's does.
     * Otherwise the registry chooses the id.
     *
     * @param topic a topic with records of this schema
     * @return the id that the schema has now
     * @throws RondoException with {@code REGISTRY_UNREACHABLE} or {@code REGISTRY_REFUSED}
     */
    public int register(String topic, Schema schema, int id) {
        return done.computeIfAbsent(
                new Registration(naming.subject(topic, schema), id), wanted -> register(wanted, schema));
    }

    private int register(Registration wanted, Schema schema) {
        String subject = wanted.subject();
        int id = wanted.id();
        Optional<Schema> there = schema(id);
        int given = there.isPresent()
                ? registry.register(subject, schema)
                : registry.importUnder(subject, schema, id).orElseGet(() -> registry.register(subject, schema));
        registry.requireFullTransitive(subject);
        return given;
    }
}
