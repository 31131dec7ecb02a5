package io.rondo.cli.command;

import io.rondo.trainer.data.ColumnChoice;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which columns of the data are read. */
public final class ColumnOptions {
    @Option(
            names = "--text",
            paramLabel = "COLUMN",
            description =
                    "Column of the text, or of the first of a pair. Default: GLUE's columns, or sentence, or text.")
    private String text;

    @Option(
            names = "--text-pair",
            paramLabel = "COLUMN",
            description = "Column of the second text of a pair. Default: the partner of the text's column, as in GLUE;"
                    + " none where --text is given.")
    private String textPair;

    @Option(
            names = "--label",
            paramLabel = "COLUMN",
            description = "Column of the classes. Default: label, or GLUE's gold_label, is_duplicate or Quality.")
    private String label;

    /** @throws io.rondo.schemas.error.RondoException with {@code BAD_CONFIG} when one column is given twice */
    public ColumnChoice choice() {
        return new ColumnChoice(Optional.ofNullable(text), Optional.ofNullable(textPair), Optional.ofNullable(label));
    }
}
