package io.rondo.trainer.data;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.List;

/** Writes examples as JSON Lines, which {@link ExampleFile} reads back as they were. */
public final class ExampleWriter {
    private ExampleWriter() {}

    /**
     * Writes a file, in place of one that is there.
     *
     * @param file a name that ends in {@code .jsonl}
     * @throws RondoException with {@link ErrorCode#DISK_FULL} when the file cannot be written
     */
    public static void write(Path file, List<Example> examples) {
        JsonLinesWriter.write(file, examples, (example, row) -> {
            row.put("text", example.text());
            example.textPair().ifPresent(pair -> row.put("text_pair", pair));
            row.put("label", example.label());
            example.devSet().ifPresent(set -> row.put(DevSet.KEY, set.id()));
        });
    }
}
