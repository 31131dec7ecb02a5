package io.rondo.schemas.serde;

import io.rondo.log.Sha256;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Records to wire bytes and back; safe for any thread, if the serializer and the deserializer are, as ours and
 * Confluent's are.
 */
public final class RecordCodec implements AutoCloseable {
    private static final String SERIALIZER = "value.serializer";
    private static final String DESERIALIZER = "value.deserializer";

    private final Serializer<? super SpecificRecord> serializer;
    private final Deserializer<?> deserializer;
    private final int maxBytes;

    /** Takes a configured serializer and deserializer, and closes them. Values over 2 MiB are not read. */
    public RecordCodec(Serializer<? super SpecificRecord> serializer, Deserializer<?> deserializer) {
        this(serializer, deserializer, SerdeSettings.DEFAULT_MAX_RECORD_BYTES);
    }

    private RecordCodec(Serializer<? super SpecificRecord> serializer, Deserializer<?> deserializer, int maxBytes) {
        LogRecords.trust();
        this.serializer = serializer;
        this.deserializer = deserializer;
        this.maxBytes = maxBytes;
    }

    /**
     * The codec for a configuration: {@code value.serializer} and {@code value.deserializer} by class name, by default
     * Rondo's, and their settings under Confluent's names. Subjects are the records' full names unless {@code
     * value.subject.name.strategy} says otherwise.
     *
     * @throws RondoException with {@code BAD_CONFIG} when a class or a setting is not usable
     */
    public static RecordCodec of(Map<String, ?> config) {
        Map<String, Object> settings = withDefaults(config);
        return isOurs(settings) ? ours(SerdeSettings.of(settings)) : foreign(settings);
    }

    /**
     * Checks a configuration without a request to the registry.
     *
     * @throws RondoException as {@link #of}
     */
    public static void check(Map<String, ?> config) {
        Map<String, Object> settings = withDefaults(config);
        if (isOurs(settings)) {
            SerdeSettings.of(settings);
        } else {
            // only a foreign class knows its settings
            foreign(settings).close();
        }
    }

    private static Map<String, Object> withDefaults(Map<String, ?> config) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(SerdeSettings.NAMING, SubjectNaming.RECORD.confluentName());
        settings.put(RegistrySettings.REMOVE_JAVA_PROPERTIES, "true");
        settings.put("specific.avro.reader", "true");
        settings.putAll(config);
        return settings;
    }

    private static boolean isOurs(Map<String, Object> settings) {
        return isDefault(settings, SERIALIZER, RondoAvroSerializer.class)
                && isDefault(settings, DESERIALIZER, RondoAvroDeserializer.class);
    }

    private static RecordCodec foreign(Map<String, Object> settings) {
        int maxBytes = SerdeSettings.maxRecordBytes(settings);
        Serializer<? super SpecificRecord> serializer = newSerializer(settings);
        Deserializer<?> deserializer =
                instance(settings, DESERIALIZER, Deserializer.class, RondoAvroDeserializer.class);
        serializer.configure(settings, false);
        deserializer.configure(settings, false);
        return new RecordCodec(serializer, deserializer, maxBytes);
    }

    /**
     * A codec without a registry, with schemas that are stored with the records.
     *
     * @param schemas by their ids
     */
    public static RecordCodec ofSchemas(Map<Integer, Schema> schemas) {
        SchemaRegistry known = new KnownSchemas(schemas);
        return new RecordCodec(
                new RondoAvroSerializer(known, SubjectNaming.RECORD, false),
                new RondoAvroDeserializer(known, SerdeSettings.DEFAULT_MAX_RECORD_BYTES));
    }

    /**
     * The wire bytes of a record.
     *
     * @param topic the topic that it goes to
     * @throws RondoException with {@code REGISTRY_UNREACHABLE}, {@code REGISTRY_REFUSED} or, where this process only looks
     *     schemas up, {@code SCHEMA_UNKNOWN}
     */
    public byte[] encode(String topic, SpecificRecord record) {
        try {
            return serializer.serialize(topic, record);
        } catch (RondoException | InterruptException | IllegalStateException e) {
            throw e;
        } catch (RuntimeException e) {
            throw ForeignFailures.whileWriting(topic, e);
        }
    }

    /**
     * Decodes a value. Faulty bytes are a result too, not an exception.
     *
     * @param value the record's value, may be null
     * @throws RondoException with {@code REGISTRY_UNREACHABLE} or {@code REGISTRY_REFUSED} when the registry is needed and
     *     does not answer
     */
    public Decoded decode(String topic, byte[] value) {
        if (value == null) {
            return new Decoded.Unreadable(RejectionReason.UNREADABLE, "no value");
        }
        if (value.length > maxBytes) {
            return new Decoded.Unreadable(
                    RejectionReason.TOO_LARGE, value.length + " bytes, over the limit of " + maxBytes);
        }
        try {
            Object decoded = deserializer.deserialize(topic, value);
            return decoded instanceof SpecificRecord record
                    ? new Decoded.Readable(record)
                    : new Decoded.Unreadable(RejectionReason.UNEXPECTED_RECORD, "no record of the log");
        } catch (UnreadableRecordException e) {
            return new Decoded.Unreadable(e.reason(), e.getMessage());
        } catch (RondoException | InterruptException | IllegalStateException e) {
            throw e;
        } catch (RuntimeException e) {
            return ForeignFailures.whileReading(e);
        }
    }

    /**
     * Decodes a record that must be readable, because Rondo wrote it.
     *
     * @throws RondoException with {@code RECORD_UNREADABLE} when it is unreadable or of another type
     */
    public <T extends SpecificRecord> T require(String topic, byte[] value, Class<T> type) {
        Decoded decoded = decode(topic, value);
        if (decoded instanceof Decoded.Readable readable && type.isInstance(readable.record())) {
            return type.cast(readable.record());
        }
        String found = decoded instanceof Decoded.Unreadable unreadable
                ? unreadable.reason().id() + ", " + unreadable.detail()
                : "a " + ((Decoded.Readable) decoded).record().getSchema().getName();
        throw new RondoException(
                ErrorCode.RECORD_UNREADABLE,
                "a record on " + topic + " is not a readable " + type.getSimpleName() + ": " + found,
                "check that the registry is the one with which this log was written");
    }

    /**
     * The digest of a record in the log's hash chain: SHA-256 of the Avro body, without the registry's id, so that a log
     * copied to another registry keeps its chain; of the whole value if it is not in wire format.
     */
    public static Sha256 bodyDigest(byte[] value) {
        int from = WireFormat.is(value) ? WireFormat.HEADER : 0;
        MessageDigest sha256 = Digests.newSha256();
        sha256.update(value, from, value.length - from);
        return new Sha256(sha256.digest());
    }

    @Override
    public void close() {
        try (serializer;
                deserializer) {
            // the second is closed even if closing the first fails
        }
    }

    /** Both directions share one registry cache. */
    private static RecordCodec ours(SerdeSettings settings) {
        SchemaRegistry registry = new HttpSchemaRegistry(settings.registry(), settings.naming());
        return new RecordCodec(
                new RondoAvroSerializer(registry, settings.naming(), settings.register()),
                new RondoAvroDeserializer(registry, settings.maxRecordBytes()),
                settings.maxRecordBytes());
    }

    private static boolean isDefault(Map<String, ?> settings, String key, Class<?> ours) {
        return SerdeSettings.text(settings, key).orElse(ours.getName()).equals(ours.getName());
    }

    @SuppressWarnings("unchecked")
    private static Serializer<? super SpecificRecord> newSerializer(Map<String, ?> settings) {
        return instance(settings, SERIALIZER, Serializer.class, RondoAvroSerializer.class);
    }

    private static <T> T instance(Map<String, ?> settings, String key, Class<T> type, Class<? extends T> otherwise) {
        String name = SerdeSettings.text(settings, key).orElse(otherwise.getName());
        try {
            return Class.forName(name, true, RecordCodec.class.getClassLoader())
                    .asSubclass(type)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    key + "=" + name + " cannot be used: " + e,
                    "put its jar on the classpath, or leave the setting out",
                    e);
        }
    }
}
