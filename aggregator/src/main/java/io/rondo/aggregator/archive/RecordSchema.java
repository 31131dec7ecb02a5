package io.rondo.aggregator.archive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;

/**
 * The schema of the records in one file of an archive: a record's place in the log, and its value as one branch of a union.
 *
 * <pre>
 * offset          long
 * timestamp       long, milliseconds since 1970
 * timestampType   CREATE_TIME or LOG_APPEND_TIME
 * key             null or bytes
 * headers         array of key and value
 * schemaId        int: the id of the schema in the registry, -1 where the value is kept as bytes
 * bodyBytes       int: how many bytes of this file the body takes
 * value           null, or bytes that nobody could read, or one branch for each schema id
 * </pre>
 *
 * An Avro body is in its branch as logged, and is never encoded again: encodings of one record differ in the order of maps
 * and in blocks of arrays. {@code bodyBytes} lets a reader extract it without decoding it.
 */
final class RecordSchema {
    static final int NULL = 0;
    static final int BYTES = 1;
    /** Used instead of an id if the value is kept as bytes. */
    static final int NO_SCHEMA = -1;

    private static final String NAMESPACE = "io.rondo.archive";

    private final Schema schema;
    private final Map<Integer, Integer> branches = new HashMap<>();

    /** @param values the schemas of the values by their ids */
    RecordSchema(Map<Integer, Schema> values) {
        List<Schema> union = new ArrayList<>();
        union.add(Schema.create(Schema.Type.NULL));
        union.add(Schema.create(Schema.Type.BYTES));
        new TreeMap<>(values).forEach((id, value) -> {
            branches.put(id, union.size());
            union.add(new Renamed("schema" + id).of(value));
        });
        this.schema = record(Schema.createUnion(union));
    }

    Schema schema() {
        return schema;
    }

    /** The branch of a schema's id; {@link #BYTES} for one that is not among the schemas. */
    int branch(int id) {
        return branches.getOrDefault(id, BYTES);
    }

    private static Schema record(Schema value) {
        Schema bytesOrNull =
                SchemaBuilder.unionOf().nullType().and().bytesType().endUnion();
        Schema header = SchemaBuilder.record("Header")
                .namespace(NAMESPACE)
                .fields()
                .requiredString("key")
                .name("value")
                .type(bytesOrNull)
                .noDefault()
                .endRecord();
        return SchemaBuilder.record("ArchivedRecord")
                .namespace(NAMESPACE)
                .fields()
                .requiredLong("offset")
                .requiredLong("timestamp")
                .name("timestampType")
                .type(SchemaBuilder.enumeration("TimestampType")
                        .namespace(NAMESPACE)
                        .symbols("CREATE_TIME", "LOG_APPEND_TIME"))
                .noDefault()
                .name("key")
                .type(bytesOrNull)
                .noDefault()
                .name("headers")
                .type(Schema.createArray(header))
                .noDefault()
                .requiredInt("schemaId")
                .requiredInt("bodyBytes")
                .name("value")
                .type(value)
                .noDefault()
                .endRecord();
    }

    /**
     * Copies of schemas with a namespace of their own. Versions of a record share its name, as do types used by several
     * records; a union allows a name only once. Names are no part of the encoding.
     */
    private static final class Renamed {
        private final String suffix;
        private final Map<String, Schema> named = new HashMap<>();

        Renamed(String suffix) {
            this.suffix = suffix;
        }

        Schema of(Schema schema) {
            return switch (schema.getType()) {
                case RECORD -> known(schema) ? named.get(schema.getFullName()) : record(schema);
                case ENUM ->
                    name(
                            schema,
                            Schema.createEnum(
                                    schema.getName(),
                                    schema.getDoc(),
                                    namespace(schema),
                                    schema.getEnumSymbols(),
                                    schema.getEnumDefault()));
                case FIXED ->
                    name(
                            schema,
                            Schema.createFixed(
                                    schema.getName(), schema.getDoc(), namespace(schema), schema.getFixedSize()));
                case ARRAY -> Schema.createArray(of(schema.getElementType()));
                case MAP -> Schema.createMap(of(schema.getValueType()));
                case UNION ->
                    Schema.createUnion(schema.getTypes().stream().map(this::of).toList());
                default -> Schema.create(schema.getType());
            };
        }

        private Schema record(Schema schema) {
            Schema copy = Schema.createRecord(schema.getName(), schema.getDoc(), namespace(schema), schema.isError());
            named.put(schema.getFullName(), copy);
            // without defaults: a file is read with its writer's schema
            copy.setFields(schema.getFields().stream()
                    .map(field -> new Schema.Field(field.name(), of(field.schema()), field.doc()))
                    .toList());
            return copy;
        }

        private Schema name(Schema schema, Schema copy) {
            return named.computeIfAbsent(schema.getFullName(), name -> copy);
        }

        private boolean known(Schema schema) {
            return named.containsKey(schema.getFullName());
        }

        private String namespace(Schema schema) {
            return schema.getNamespace() == null ? suffix : schema.getNamespace() + '.' + suffix;
        }
    }
}
