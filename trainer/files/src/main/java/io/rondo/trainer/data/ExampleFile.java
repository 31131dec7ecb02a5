package io.rondo.trainer.data;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads labelled text. The ending of the name decides the form:
 *
 * <ul>
 *   <li>{@code .tsv}: GLUE's form, a header and then one row a line, tabs between columns, no quoting;
 *   <li>{@code .csv}: a header, commas, fields quoted by {@code "} where needed (RFC 4180);
 *   <li>{@code .jsonl}: one JSON object a line.
 * </ul>
 *
 * The text is in {@code sentence} or {@code text}, a pair in {@code sentence1} and {@code sentence2} or in {@code text}
 * and {@code text_pair}, the class in {@code label}; other columns are left out. Files are strict UTF-8; an empty line
 * between rows is skipped.
 */
public final class ExampleFile {
    /** Longest line or field. No text that a trainer cuts to a few hundred tokens needs more. */
    static final int MAX_LINE_BYTES = 1 << 20;

    /** The endings of the names of files that can be read. */
    public static final Set<String> FORMS = Set.of("tsv", "csv", "jsonl");

    private ExampleFile() {}

    /**
     * All examples of a file, in order.
     *
     * @throws RondoException with {@link ErrorCode#DATA_NOT_FOUND}, {@link ErrorCode#DATA_UNREADABLE} (which names the
     *     line) or {@link ErrorCode#LABEL_COLUMN_MISSING}
     */
    public static List<Example> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new RondoException(
                    ErrorCode.DATA_NOT_FOUND, "there is no file " + file, "check the path of the data");
        }
        try (InputStream bytes = Files.newInputStream(file)) {
            return switch (ending(file)) {
                case "tsv" -> new TsvRows(file).read(new LineReader(file, bytes));
                case "csv" -> new CsvRows(file).read(bytes);
                case "jsonl" -> new JsonLinesRows(file).read(new LineReader(file, bytes));
                default ->
                    throw new RondoException(
                            ErrorCode.DATA_UNREADABLE,
                            file + " is of no form that can be read",
                            "give a file that ends in .tsv, .csv or .jsonl");
            };
        } catch (CharacterCodingException e) {
            throw new RondoException(ErrorCode.DATA_UNREADABLE, file + " is not UTF-8", "convert the file to UTF-8", e);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE,
                    file + " cannot be read: " + e.getMessage(),
                    "check the file and its permissions",
                    e);
        }
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    static RondoException unreadable(Path file, long line, String what, String nextStep) {
        return new RondoException(ErrorCode.DATA_UNREADABLE, file + ", line " + line + ": " + what, nextStep);
    }
}
