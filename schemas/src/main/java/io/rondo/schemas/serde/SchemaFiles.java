package io.rondo.schemas.serde;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.topic.JobTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;

/**
 * Writes one self-contained {@code .avsc} for each record of the log: each named type is written out where it comes first.
 * The build runs it, and {@code schemas/target/avro} holds the files. A registry that compares texts recognizes a schema
 * only by the text that {@link SchemaRegistrar} registers.
 */
public final class SchemaFiles {
    private SchemaFiles() {}

    /** @param arguments the directory to write into */
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        for (Map.Entry<String, String> file : texts().entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
    }

    /** The texts of the files, by file name. */
    static Map<String, String> texts() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        JsonMapper json = JsonMapper.builder().build();
        for (Schema schema : schemas()) {
            texts.put(
                    schema.getName() + ".avsc",
                    json.readTree(PortableSchema.text(schema)).toPrettyString() + '\n');
        }
        return texts;
    }

    /** The schemas of all records of a log. */
    static Set<Schema> schemas() {
        Set<Schema> schemas = new LinkedHashSet<>();
        new JobTopics("any", 1, 1).withRounds(0).forEach(topic -> topic.records()
                .forEach(type -> schemas.add(SpecificData.get().getSchema(type))));
        return schemas;
    }
}
