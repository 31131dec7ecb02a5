package io.rondo.schemas.serde;

import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;

/** An in-memory registry, for tests without a network. Ids count from 1 in the order of registration. */
public final class InMemorySchemas {
    private final Registry registry = new Registry();

    /** A codec that registers what it writes. */
    public RecordCodec codec() {
        return new RecordCodec(
                new RondoAvroSerializer(registry, SubjectNaming.RECORD, true),
                new RondoAvroDeserializer(registry, SerdeSettings.DEFAULT_MAX_RECORD_BYTES));
    }

    /** A codec that writes only what is registered. */
    public RecordCodec lookUpOnly() {
        return new RecordCodec(
                new RondoAvroSerializer(registry, SubjectNaming.RECORD, false),
                new RondoAvroDeserializer(registry, SerdeSettings.DEFAULT_MAX_RECORD_BYTES));
    }

    /** Registers any schema, such as an older version of a record, and returns its id. */
    public int register(Schema schema) {
        return registry.register(schema.getFullName(), schema);
    }

    SchemaRegistry registry() {
        return registry;
    }

    Set<String> fullTransitive() {
        return Set.copyOf(registry.fullTransitive);
    }

    private static final class Registry implements SchemaRegistry {
        private final List<Schema> schemas = new ArrayList<>();
        private final Map<String, Set<Schema>> subjects = new HashMap<>();
        private final Set<String> fullTransitive = new HashSet<>();

        @Override
        public synchronized int register(String subject, Schema schema) {
            subjects.computeIfAbsent(subject, key -> new HashSet<>()).add(schema);
            if (!schemas.contains(schema)) {
                schemas.add(schema);
            }
            return schemas.indexOf(schema) + 1;
        }

        @Override
        public synchronized int lookUp(String subject, Schema schema) {
            if (!subjects.getOrDefault(subject, Set.of()).contains(schema)) {
                throw new RondoException(ErrorCode.SCHEMA_UNKNOWN, subject + " is not registered", "register it");
            }
            return schemas.indexOf(schema) + 1;
        }

        @Override
        public synchronized Schema schema(int id) {
            if (id < 1 || id > schemas.size()) {
                throw new UnreadableRecordException(RejectionReason.UNKNOWN_SCHEMA, "no schema of id " + id);
            }
            return schemas.get(id - 1);
        }

        @Override
        public synchronized void requireFullTransitive(String subject) {
            fullTransitive.add(subject);
        }
    }
}
