package io.rondo.trainer.data;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads labelled text. The ending of the name decides the form:
 *
 * <ul>
 *   <li>{@code .tsv}: a header, then rows with tabs between columns; GLUE's files without quoting, and files that quote
 *       fields as pandas does;
 *   <li>{@code .csv}: a header, commas, fields quoted by {@code "} where needed (RFC 4180); blanks around a field are no
 *       part of it;
 *   <li>{@code .jsonl}: one JSON object a line.
 * </ul>
 *
 * Columns have the names of GLUE's tasks, or {@code text}, {@code text_pair} and {@code label}, or are chosen; CoLA has no
 * header. Files are strict UTF-8; an empty line between rows is skipped.
 */
public final class ExampleFile {
    /** Longest line or field. No text that a trainer cuts to a few hundred tokens needs more. */
    static final int MAX_LINE_BYTES = 1 << 20;

    /** The endings of the names of files that can be read. */
    public static final Set<String> FORMS = Set.of("tsv", "csv", "jsonl");

    private ExampleFile() {}

    /** All examples of a file in Rondo's own form, as {@link ExampleWriter} writes it. Throws as the other {@code read}. */
    public static List<Example> read(Path file) {
        return read(file, ColumnChoice.AUTOMATIC, note -> {}).examples();
    }

    /**
     * All examples of a file, in order.
     *
     * @param choice which columns are read
     * @param notes takes what a user should know: columns that could be input and are not used, rows that are left out
     * @throws RondoException with {@link ErrorCode#DATA_NOT_FOUND}, {@link ErrorCode#DATA_UNREADABLE} (which names the
     *     line), {@link ErrorCode#LABEL_COLUMN_MISSING}, {@link ErrorCode#COLUMN_NOT_FOUND},
     *     {@link ErrorCode#DUPLICATE_COLUMN} or {@link ErrorCode#REGRESSION_DATA}
     */
    public static ExampleTable read(Path file, ColumnChoice choice, Consumer<String> notes) {
        if (!Files.isRegularFile(file)) {
            throw new RondoException(
                    ErrorCode.DATA_NOT_FOUND, "there is no file " + file, "check the path of the data");
        }
        ExampleRows rows = new ExampleRows(file, choice);
        try {
            switch (ending(file)) {
                case "tsv" -> new TsvRows(file).read(rows);
                case "csv" -> {
                    LineReader.check(file);
                    new QuotedRows(file, ',').read(rows);
                }
                case "jsonl" -> new JsonLinesRows(file).read(rows);
                case "parquet" -> throw parquet(file);
                default ->
                    throw new RondoException(
                            ErrorCode.DATA_UNREADABLE,
                            file + " is of no form that can be read",
                            "give a file that ends in .tsv, .csv or .jsonl");
            }
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE,
                    file + " cannot be read: " + e.getMessage(),
                    "check the file and its permissions",
                    e);
        }
        return rows.finish(notes);
    }

    /** The refusal of a Parquet file, with the way to convert it. */
    public static RondoException parquet(Path file) {
        return new RondoException(
                ErrorCode.DATA_UNREADABLE,
                file + " is Parquet, which cannot be read",
                "convert it to JSON Lines, with pandas: pandas.read_parquet('x.parquet').to_json('train.jsonl', "
                        + "orient='records', lines=True)");
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    static RondoException unreadable(Path file, long line, String what, String nextStep) {
        return new RondoException(ErrorCode.DATA_UNREADABLE, file + ", line " + line + ": " + what, nextStep);
    }
}
