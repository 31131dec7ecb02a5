package io.rondo.trainer.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One JSON object a line; a label may be a string, a number or a boolean. */
final class JsonLinesRows {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    private final Path file;

    JsonLinesRows(Path file) {
        this.file = file;
    }

    List<Example> read(LineReader lines) throws IOException {
        List<Example> examples = new ArrayList<>();
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            if (line.get().isBlank()) {
                continue;
            }
            JsonNode row = parse(line.get(), lines.number());
            List<String> names = Stream.of(row.fieldNames())
                    .<String>mapMulti((fields, sink) -> fields.forEachRemaining(sink))
                    .toList();
            examples.add(new Columns(file, names).example(lines.number(), name -> text(row, name, lines.number())));
        }
        return examples;
    }

    private JsonNode parse(String line, long number) throws IOException {
        try {
            JsonNode row = JSON.readValue(line);
            if (row.isObject()) {
                return row;
            }
        } catch (JacksonException e) {
            throw ExampleFile.unreadable(
                    file, number, "no JSON: " + e.getOriginalMessage(), "write one JSON object a line");
        }
        throw ExampleFile.unreadable(file, number, "no JSON object", "write one JSON object a line");
    }

    private String text(JsonNode row, String name, long number) {
        JsonNode value = row.path(name);
        if (value.isContainerNode()) {
            throw ExampleFile.unreadable(
                    file, number, "'" + name + "' is " + value.getNodeType() + ", not text", "give a string");
        }
        return value.isMissingNode() || value.isNull() ? "" : value.asText();
    }
}
