package io.rondo.trainer.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** GLUE's form: a header, tabs, and no quoting, so that a quotation mark is a character like any other. */
final class TsvRows {
    private final Path file;

    TsvRows(Path file) {
        this.file = file;
    }

    List<Example> read(LineReader lines) throws IOException {
        List<String> header = split(lines.next().orElse(""));
        Columns columns = new Columns(file, header);
        List<Example> examples = new ArrayList<>();
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            if (line.get().isBlank()) {
                continue;
            }
            List<String> row = split(line.get());
            if (row.size() != header.size()) {
                throw ExampleFile.unreadable(
                        file,
                        lines.number(),
                        row.size() + " columns, where the header has " + header.size(),
                        "separate the columns by one tab each");
            }
            examples.add(columns.example(lines.number(), name -> row.get(header.indexOf(name))));
        }
        return examples;
    }

    private static List<String> split(String line) {
        return List.of(line.split("\t", -1));
    }
}
