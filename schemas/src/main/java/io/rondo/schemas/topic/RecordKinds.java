package io.rondo.schemas.topic;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/**
 * Finds the enum constant for a record's type, so that the compiler checks that a switch over the enum covers all records of
 * a topic.
 */
public final class RecordKinds<K extends Enum<K>> {
    private final Map<Class<? extends SpecificRecord>, K> byType = new HashMap<>();
    private final K other;

    /**
     * @param kinds all constants
     * @param type the record type of a constant, or null if it has none
     * @param other the constant for all other records, or null
     */
    public RecordKinds(K[] kinds, Function<K, Class<? extends SpecificRecord>> type, K other) {
        for (K kind : kinds) {
            if (type.apply(kind) != null) {
                byType.put(type.apply(kind), kind);
            }
        }
        this.other = other;
    }

    public K of(SpecificRecord record) {
        return byType.getOrDefault(record.getClass(), other);
    }
}
