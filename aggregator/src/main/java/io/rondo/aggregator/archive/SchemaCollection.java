package io.rondo.aggregator.archive;

import io.rondo.aggregator.archive.ArchiveIndex.KeptSchema;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.apache.avro.Schema;

/** The schemas that records of an archive name, each requested once. */
final class SchemaCollection {
    private final IntFunction<Optional<Schema>> registry;
    private final Map<Integer, Schema> found = new TreeMap<>();
    private final Set<Integer> unknown = new HashSet<>();

    /** @param registry returns the schema of an id, if there is one */
    SchemaCollection(IntFunction<Optional<Schema>> registry) {
        this.registry = registry;
    }

    /** The existing schemas among these ids, by id. Garbage on a topic can look like an id too. */
    Map<Integer, Schema> of(Collection<Integer> ids) {
        Map<Integer, Schema> schemas = new TreeMap<>();
        for (int id : ids) {
            if (!found.containsKey(id) && !unknown.contains(id)) {
                registry.apply(id).ifPresentOrElse(schema -> found.put(id, schema), () -> unknown.add(id));
            }
            if (found.containsKey(id)) {
                schemas.put(id, found.get(id));
            }
        }
        return schemas;
    }

    List<KeptSchema> kept() {
        return found.entrySet().stream()
                .map(entry -> new KeptSchema(entry.getKey(), entry.getValue().toString()))
                .toList();
    }
}
