package io.rondo.schemas.serde;

import io.rondo.schemas.adapter.RejectionReason;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;

/** Schemas by the ids that they had in a registry, stored with the records: no registry is queried. Immutable. */
final class KnownSchemas implements SchemaRegistry {
    /** Placeholder id for a schema without an id here; ids start at 1. A body does not depend on it. */
    private static final int NO_ID = 0;

    private final Map<Integer, Schema> schemas;
    private final Map<String, Integer> ids = new HashMap<>();

    KnownSchemas(Map<Integer, Schema> schemas) {
        this.schemas = Map.copyOf(schemas);
        this.schemas.forEach((id, schema) -> ids.merge(PortableSchema.text(schema), id, Math::min));
    }

    @Override
    public int register(String subject, Schema schema) {
        throw new IllegalStateException("schemas that are kept beside records do not grow: " + subject);
    }

    @Override
    public int lookUp(String subject, Schema schema) {
        return ids.getOrDefault(PortableSchema.text(schema), NO_ID);
    }

    @Override
    public Schema schema(int id) {
        Schema schema = schemas.get(id);
        if (schema == null) {
            throw new UnreadableRecordException(
                    RejectionReason.UNKNOWN_SCHEMA, "no schema of id " + id + " is kept beside the records");
        }
        return schema;
    }

    @Override
    public void requireFullTransitive(String subject) {
        throw new IllegalStateException("schemas that are kept beside records have no rules: " + subject);
    }
}
