package io.rondo.trainer.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One JSON object a line; a label may be a string, a number or a boolean. */
final class JsonLinesRows {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()
            .readerFor(JsonNode.class);

    /** As Jackson says it. */
    private static final Pattern DUPLICATE = Pattern.compile("Duplicate field '(.*)'.*", Pattern.DOTALL);

    private final Path file;

    JsonLinesRows(Path file) {
        this.file = file;
    }

    void read(ExampleRows rows) throws IOException {
        try (LineReader lines = LineReader.open(file)) {
            for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                if (line.get().isBlank()) {
                    continue;
                }
                long number = lines.number();
                JsonNode row = parse(line.get(), number);
                List<String> names = Stream.of(row.fieldNames())
                        .<String>mapMulti((fields, sink) -> fields.forEachRemaining(sink))
                        .toList();
                rows.row(number, names, name -> text(row, name, number), name -> row.path(name)
                        .isValueNode());
            }
        }
    }

    private JsonNode parse(String line, long number) throws IOException {
        try {
            JsonNode row = JSON.readValue(line);
            if (row.isObject()) {
                return row;
            }
        } catch (JacksonException e) {
            Matcher duplicate = DUPLICATE.matcher(e.getOriginalMessage());
            if (duplicate.matches()) {
                throw Columns.duplicate(file, number, duplicate.group(1));
            }
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
        String text = value.isMissingNode() || value.isNull() ? "" : value.asText();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw ExampleFile.unreadable(
                    file, number, "'" + name + "' has half of a surrogate pair", "write the whole character");
        }
        return text;
    }
}
