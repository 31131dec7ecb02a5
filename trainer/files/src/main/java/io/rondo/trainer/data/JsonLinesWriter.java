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
import java.util.function.BiConsumer;

/** Writes JSON Lines: an object a line, in UTF-8. */
public final class JsonLinesWriter {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private JsonLinesWriter() {}

    /**
     * Writes a file, in place of one that is there.
     *
     * @param fields sets a row's fields in an object, in their order
     * @throws RondoException with {@link ErrorCode#DISK_FULL} when the file cannot be written
     */
    public static <T> void write(Path file, List<T> rows, BiConsumer<T, ObjectNode> fields) {
        try (BufferedWriter lines = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (T row : rows) {
                ObjectNode object = JSON.createObjectNode();
                fields.accept(row, object);
                lines.write(JSON.writeValueAsString(object));
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
