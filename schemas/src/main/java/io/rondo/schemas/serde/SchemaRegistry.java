package io.rondo.schemas.serde;

import io.rondo.schemas.error.RondoException;
import org.apache.avro.Schema;

/** What the serde needs of a schema registry. Implementations are safe for any thread. */
interface SchemaRegistry {
    /**
     * The id of a schema under a subject; registers it if it is missing.
     *
     * @throws RondoException with {@code REGISTRY_UNREACHABLE} or {@code REGISTRY_REFUSED}
     */
    int register(String subject, Schema schema);

    /**
     * The id of a schema that is registered under a subject.
     *
     * @throws RondoException with {@code SCHEMA_UNKNOWN}, {@code REGISTRY_UNREACHABLE} or {@code REGISTRY_REFUSED}
     */
    int lookUp(String subject, Schema schema);

    /**
     * The schema of an id; the same object at each call while it is cached.
     *
     * @throws UnreadableRecordException when the registry does not know the id, or holds no Avro schema under it
     * @throws RondoException with {@code REGISTRY_UNREACHABLE} or {@code REGISTRY_REFUSED}
     */
    Schema schema(int id);

    /**
     * Makes the registry refuse versions of the subject that cannot read all others and be read by them.
     *
     * @throws RondoException with {@code REGISTRY_UNREACHABLE} or {@code REGISTRY_REFUSED}
     */
    void requireFullTransitive(String subject);
}
