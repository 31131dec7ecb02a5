package io.rondo.schemas.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.Schema;

/**
 * A schema's text without the properties of generated Java classes. With them the registry would hold one schema for Java
 * and another for all other languages.
 */
final class PortableSchema {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STRING_TYPE = "avro.java.string";

    private PortableSchema() {}

    static String text(Schema schema) {
        try {
            JsonNode tree = JSON.readTree(schema.toString());
            strip(tree);
            // Avro writes the rest in its shortest form
            return new Schema.Parser().parse(tree.toString()).toString();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a schema is JSON", e);
        }
    }

    private static void strip(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(STRING_TYPE);
        }
        node.forEach(PortableSchema::strip);
    }
}
