package io.rondo.trainer.data;

import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Rows between tabs. GLUE's files have no quoting: a quotation mark is a character like any other. pandas, R and
 * spreadsheets quote fields that hold a tab, a line break or a quotation mark. A first pass decides which it is: a file
 * is quoted where every quotation mark stands as a quoting writer puts it and either the header is quoted or a mark is
 * doubled, or where its rows have the header's columns only when read as quoted.
 */
final class TsvRows {
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]|\"\")*+\"");
    private static final Pattern ACCEPTABILITY = Pattern.compile("[01]");
    private static final List<String> COLA = List.of("source", "label", "original label", "sentence");
    private static final List<String> QQP = List.of("id", "qid1", "qid2", "question1", "question2", "is_duplicate");

    private final Path file;
    private final QuotedRows quoted;

    TsvRows(Path file) {
        this.file = file;
        this.quoted = new QuotedRows(file, '\t');
    }

    void read(ExampleRows rows) throws IOException {
        Shape shape = shape();
        if (shape.isQuoted()) {
            quoted.read(rows);
        } else {
            readUnquoted(shape, rows);
        }
    }

    private static final class Shape {
        private List<String> header = List.of();
        private boolean hasHeader = true;
        private boolean isWellQuoted = true;
        private boolean hasDoubledMark;
        private boolean isQuotedHeader;
        private long wrongRow;
        private boolean isQuoted;

        boolean isQuoted() {
            return isQuoted;
        }

        void look(List<String> row) {
            for (String field : row) {
                if (field.indexOf('"') >= 0) {
                    isWellQuoted &= QUOTED.matcher(field).matches();
                    hasDoubledMark |= field.length() > 2
                            && field.substring(1, field.length() - 1).contains("\"\"");
                }
            }
        }
    }

    private Shape shape() throws IOException {
        Shape shape = new Shape();
        try (LineReader lines = LineReader.open(file)) {
            shape.header = split(lines.next().orElse(""));
            requireLineFeeds(shape.header);
            shape.look(shape.header);
            shape.isQuotedHeader =
                    shape.header.stream().allMatch(name -> QUOTED.matcher(name).matches());
            if (isCola(shape.header)) {
                shape.header = COLA;
                shape.hasHeader = false;
            }
            for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                if (!line.get().isBlank()) {
                    List<String> row = split(line.get());
                    shape.look(row);
                    if (row.size() != shape.header.size() && shape.wrongRow == 0) {
                        shape.wrongRow = lines.number();
                    }
                }
            }
        }
        shape.isQuoted = shape.wrongRow == 0
                ? shape.isWellQuoted && (shape.hasDoubledMark || shape.isQuotedHeader)
                : shape.hasHeader && quoted.isTable();
        return shape;
    }

    private void requireLineFeeds(List<String> header) {
        if (header.stream().anyMatch(name -> name.indexOf('\r') >= 0)) {
            throw ExampleFile.unreadable(
                    file, 1, "lines end with carriage returns alone", "end each line with a line feed");
        }
    }

    /** CoLA comes without a header: source, class, the author's own mark, sentence. */
    private static boolean isCola(List<String> first) {
        return first.size() == COLA.size()
                && ACCEPTABILITY.matcher(first.get(1)).matches()
                && (first.get(2).isEmpty() || first.get(2).equals("*"));
    }

    private void readUnquoted(Shape shape, ExampleRows rows) throws IOException {
        List<String> header = shape.header;
        rows.header(header);
        try (LineReader lines = LineReader.open(file)) {
            if (shape.hasHeader) {
                lines.next();
            }
            for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                if (line.get().isBlank()) {
                    continue;
                }
                List<String> row = split(line.get());
                if (row.size() < header.size() && header.equals(QQP)) {
                    rows.skipIncomplete(lines.number());
                } else if (row.size() != header.size()) {
                    throw wrongRow(lines.number(), row.size(), header.size());
                } else {
                    rows.row(lines.number(), header, name -> row.get(header.indexOf(name)));
                }
            }
        }
    }

    private RondoException wrongRow(long line, int columns, int expected) {
        return ExampleFile.unreadable(
                file,
                line,
                columns + " columns, where the header has " + expected,
                "separate the columns by one tab each, and quote fields that hold a tab or a line break");
    }

    private static List<String> split(String line) {
        return List.of(line.split("\t", -1));
    }
}
