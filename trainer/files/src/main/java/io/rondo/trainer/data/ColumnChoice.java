package io.rondo.trainer.data;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The columns that a user chooses; each that is empty is found by its name.
 *
 * @param text column of the text, or of the first of a pair; where it is chosen and {@code textPair} is not, there is no
 *     pair
 * @param textPair column of the second text of a pair
 * @param label column of the classes
 */
public record ColumnChoice(Optional<String> text, Optional<String> textPair, Optional<String> label) {
    /** Everything by the names of the columns. */
    public static final ColumnChoice AUTOMATIC = new ColumnChoice(Optional.empty(), Optional.empty(), Optional.empty());

    /** @throws RondoException with {@link ErrorCode#BAD_CONFIG} when one column is chosen for two things */
    public ColumnChoice {
        Map<String, String> taken = new LinkedHashMap<>();
        text.ifPresent(column -> taken.put(column, "--text"));
        textPair.ifPresent(column -> claim(taken, column, "--text-pair"));
        label.ifPresent(column -> claim(taken, column, "--label"));
    }

    private static void claim(Map<String, String> taken, String column, String option) {
        String other = taken.put(column, option);
        if (other != null) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    other + " and " + option + " both name the column '" + column + "'",
                    "give " + option + " another column");
        }
    }

    public boolean isAutomatic() {
        return equals(AUTOMATIC);
    }
}
