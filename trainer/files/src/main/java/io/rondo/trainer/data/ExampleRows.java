package io.rondo.trainer.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** Takes the rows of a file in order, makes examples of them, and says what of the file is not used. */
final class ExampleRows {
    private final Path file;
    private final ColumnChoice choice;
    private final Map<List<String>, Columns> columns = new HashMap<>();
    private final Set<String> unused = new LinkedHashSet<>();
    private final Set<String> used = new LinkedHashSet<>();
    private final ExampleTable.Builder examples = new ExampleTable.Builder();
    private final List<Long> incomplete = new ArrayList<>();
    private int undecided;

    ExampleRows(Path file, ColumnChoice choice) {
        this.file = file;
        this.choice = choice;
    }

    /** The columns of a header, which every row after it has; refused before a row is read. */
    void header(List<String> names) {
        of(1, names);
    }

    private Columns of(long line, List<String> names) {
        return columns.computeIfAbsent(names, these -> new Columns(file, line, these, choice));
    }

    /** @param value a column's value; null if the row has none */
    void row(long line, List<String> names, Function<String, String> value) {
        row(line, names, value, name -> true);
    }

    /** @param isText whether a column's value could be text at all */
    void row(long line, List<String> names, Function<String, String> value, Predicate<String> isText) {
        Columns found = of(line, names);
        if (found.isUndecided(value)) {
            undecided++;
            return;
        }
        examples.add(line, found.example(line, value));
        for (String name : found.unused()) {
            // ids and other numbers are no input
            if (!unused.contains(name) && isText.test(name) && hasLetter(value.apply(name))) {
                unused.add(name);
                used.add(found.used());
            }
        }
    }

    private static boolean hasLetter(String value) {
        return value != null && value.codePoints().anyMatch(Character::isLetter);
    }

    /** Leaves out a row that lacks columns. */
    void skipIncomplete(long line) {
        incomplete.add(line);
    }

    ExampleTable finish(Consumer<String> notes) {
        if (!unused.isEmpty()) {
            notes.accept(file + ": not used: " + String.join(", ", unused) + "; used: " + String.join("; ", used)
                    + "; choose others with --text, --text-pair and --label");
        }
        if (undecided > 0) {
            notes.accept(
                    file + ": left out " + undecided + " rows whose gold_label is '-': the annotators did not agree");
        }
        if (!incomplete.isEmpty()) {
            notes.accept(file + ": left out " + incomplete.size() + " rows of QQP that lack columns, the first in line "
                    + incomplete.get(0));
        }
        return examples.build(file);
    }
}
