package io.rondo.trainer.data;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds text, pair and label among the columns of a file. */
final class Columns {
    private static final String LABEL = "label";

    private final Path file;
    private final String text;
    private final Optional<String> pair;

    /** @throws RondoException when the text or the label is in none of these columns */
    Columns(Path file, List<String> names) {
        this.file = file;
        if (!names.contains(LABEL)) {
            throw new RondoException(
                    ErrorCode.LABEL_COLUMN_MISSING,
                    file + " has no column 'label'; its columns are " + names,
                    "name the column of the classes 'label'");
        }
        if (names.contains("sentence1")) {
            text = "sentence1";
            pair = Optional.of("sentence2").filter(names::contains);
        } else if (names.contains("sentence")) {
            text = "sentence";
            pair = Optional.empty();
        } else if (names.contains("text")) {
            text = "text";
            pair = Optional.of("text_pair").filter(names::contains);
        } else {
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE,
                    file + " has no column of text; its columns are " + names,
                    "name it 'sentence' or 'text', or a pair 'sentence1' and 'sentence2'");
        }
    }

    /**
     * The example of a row.
     *
     * @param value a column's value; null where the row has none
     */
    Example example(long line, Function<String, String> value) {
        String label = value.apply(LABEL);
        String sentence = value.apply(text);
        if (label == null || label.isBlank()) {
            throw ExampleFile.unreadable(file, line, "no label", "give each row a label");
        }
        if (sentence == null || sentence.isBlank()) {
            throw ExampleFile.unreadable(file, line, "no text in '" + text + "'", "remove the row, or give it text");
        }
        return new Example(sentence, pair.map(value).filter(second -> !second.isBlank()), label.strip());
    }
}
