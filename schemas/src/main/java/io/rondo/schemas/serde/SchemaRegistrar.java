package io.rondo.schemas.serde;

import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.Topic;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;

/**
 * Registers the schemas of a job's topics, and sets a compatibility level at which the registry refuses versions that cannot
 * read all others: replay reads records of old versions. The aggregator and {@code job submit} do this once when they start;
 * trainers need no permission for it.
 */
public final class SchemaRegistrar {
    private final SchemaRegistry registry;
    private final SubjectNaming naming;

    SchemaRegistrar(SchemaRegistry registry, SubjectNaming naming) {
        this.registry = registry;
        this.naming = naming;
    }

    /** Takes the same configuration as {@link RecordCodec#of}. */
    public static SchemaRegistrar of(Map<String, ?> config) {
        SerdeSettings settings = SerdeSettings.of(config);
        return new SchemaRegistrar(new HttpSchemaRegistry(settings.registry(), settings.naming()), settings.naming());
    }

    /**
     * Registers every record type of these topics. Idempotent.
     *
     * @throws RondoException with {@code REGISTRY_UNREACHABLE} or {@code REGISTRY_REFUSED}
     */
    public void register(Collection<Topic> topics) {
        Set<String> done = new HashSet<>();
        for (Topic topic : topics) {
            for (var type : topic.records()) {
                Schema schema = SpecificData.get().getSchema(type);
                String subject = naming.subject(topic.name(), schema);
                if (done.add(subject)) {
                    registry.register(subject, schema);
                    registry.requireFullTransitive(subject);
                }
            }
        }
    }
}
