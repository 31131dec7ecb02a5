package io.rondo.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Results and files as JSON. A result is a record, or a map if its keys are not Rondo's names. Safe for any thread. */
public final class Json {
    /** For results and files: everything on one line. */
    public static final ObjectMapper MAPPER = JsonMapper.builder().build();

    /** For files that users read. */
    public static final ObjectMapper INDENTED =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /**
     * Parses what another process of this project printed with {@code --json}.
     *
     * @throws IllegalStateException when it is no JSON
     */
    public static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("no JSON: " + text, e);
        }
    }

    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result that is no JSON: " + value, e);
        }
    }
}
