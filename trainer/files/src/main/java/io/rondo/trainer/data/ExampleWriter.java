package io.rondo.trainer.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes examples as JSON Lines, which {@link ExampleFile} reads back as they were. */
public final class ExampleWriter {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private ExampleWriter() {}

    /**
     * Writes a file, in place of one that is there.
     *
     * @param file a name that ends in {@code .jsonl}
     * @throws RondoException with {@link ErrorCode#DISK_FULL} when the file cannot be written
     */
    public static void write(Path file, List<Example> examples) {
        try (BufferedWriter lines = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (Example example : examples) {
                ObjectNode row = JSON.createObjectNode().put("text", example.text());
                example.textPair().ifPresent(pair -> row.put("text_pair", pair));
                row.put("label", example.label());
                example.devSet().ifPresent(set -> row.put(DevSet.KEY, set.id()));
                lines.write(JSON.writeValueAsString(row));
                lines.write('\n');
            }
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.DISK_FULL,
                    "cannot write " + file + ": " + e.getMessage(),
                    "free some space, or choose another directory",
                    e);
        }
    }
}
