package io.rondo.trainer.data;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds text, pair and label among the columns of a file: those that are chosen, or those of GLUE's tasks. */
final class Columns {
    /** MNLI's column of the label that most annotators gave; {@code -} where they did not agree. */
    private static final String GOLD_LABEL = "gold_label";

    private static final List<String> LABELS = List.of("label", GOLD_LABEL, "is_duplicate", "Quality");

    /** Texts and their pairs, in the order in which they are looked for; a pair without both columns is none. */
    private static final List<Texts> PAIRS = List.of(
            new Texts("sentence1", "sentence2"),
            new Texts("question1", "question2"),
            new Texts("question", "sentence"),
            new Texts("premise", "hypothesis"),
            new Texts("#1 String", "#2 String"),
            new Texts("text", "text_pair"));

    private static final List<String> SINGLES = List.of("sentence1", "sentence", "text");

    /** Columns of GLUE's files that are never input: numbers of rows, sources, parse trees, single annotators' labels. */
    private static final Pattern NO_INPUT = Pattern.compile(
            "|index|idx|id|dev_set|qid1|qid2|#1 ID|#2 ID|promptID|pairID|genre"
                    + "|filename|year|old_index|source|source1|source2|original label|.*_parse|label\\d*|gold_label|Unnamed: \\d+");

    private record Texts(String text, String pair) {}

    private final Path file;
    private final String label;
    private final String text;
    private final Optional<String> pair;
    private final List<String> unused;
    private final Optional<DevSet> devSet;
    private final boolean tellsDevSet;

    /**
     * @param line the line that has these names
     * @throws RondoException when the text or the label is in none of these columns, or two have one name
     */
    Columns(Path file, long line, List<String> names, ColumnChoice choice) {
        this.file = file;
        requireDistinct(file, line, names);
        Stream.of(choice.text(), choice.textPair(), choice.label())
                .flatMap(Optional::stream)
                .filter(name -> !names.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new RondoException(
                            ErrorCode.COLUMN_NOT_FOUND,
                            file + ", line " + line + ": no column '" + name + "'; its columns are " + names,
                            "choose one of them with --text, --text-pair or --label");
                });
        this.label = choice.label().orElseGet(() -> label(file, line, names));
        Optional<Texts> known = PAIRS.stream()
                .filter(each -> names.contains(each.text()) && names.contains(each.pair()))
                .findFirst();
        this.text = choice.text()
                .or(() -> known.map(Texts::text))
                .or(() -> SINGLES.stream().filter(names::contains).findFirst())
                .orElseThrow(
                        () -> new RondoException(
                                ErrorCode.DATA_UNREADABLE,
                                file + ", line " + line + ": no column of text; its columns are " + names,
                                "choose it with --text, or name it 'sentence' or 'text', or a pair 'sentence1' and 'sentence2'"));
        this.pair = choice.textPair().or(() -> choice.text().isPresent() ? Optional.empty() : known.map(Texts::pair));
        if (text.equals(label)
                || pair.filter(name -> name.equals(text) || name.equals(label)).isPresent()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    file + ": text '" + text + "', pair "
                            + pair.map(name -> "'" + name + "'").orElse("none") + " and label '" + label
                            + "' are not three different columns",
                    "choose different columns with --text, --text-pair and --label");
        }
        this.devSet = DevSet.of(file);
        this.tellsDevSet = names.contains(DevSet.KEY)
                && !Stream.of(text, label, pair.orElse("")).toList().contains(DevSet.KEY);
        this.unused = names.stream()
                .filter(name -> !name.equals(text) && !name.equals(label))
                .filter(name -> !name.equals(pair.orElse(null)))
                .filter(name -> !NO_INPUT.matcher(name).matches())
                .toList();
    }

    private static void requireDistinct(Path file, long line, List<String> names) {
        Set<String> seen = new HashSet<>();
        names.stream().filter(name -> !seen.add(name)).findFirst().ifPresent(name -> {
            throw duplicate(file, line, name);
        });
    }

    static RondoException duplicate(Path file, long line, String name) {
        return new RondoException(
                ErrorCode.DUPLICATE_COLUMN,
                file + ", line " + line + ": '" + name + "' is there twice",
                "keep one of them, or give them different names");
    }

    private static String label(Path file, long line, List<String> names) {
        return LABELS.stream().filter(names::contains).findFirst().orElseThrow(() -> {
            if (names.contains("score") && names.contains("sentence1")) {
                return new RondoException(
                        ErrorCode.REGRESSION_DATA,
                        file + " is STS-B: its column 'score' holds numbers to predict, not classes",
                        "use data with classes; Rondo trains classifiers only");
            }
            return new RondoException(
                    ErrorCode.LABEL_COLUMN_MISSING,
                    file + ", line " + line + ": no column 'label'; its columns are " + names,
                    labelHint(names));
        });
    }

    private static String labelHint(List<String> names) {
        if (names.size() == 1 && names.get(0).contains(";")) {
            return "separate the columns by commas, or by tabs in a .tsv file";
        }
        return names.stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).equals("label"))
                .findFirst()
                .map(name -> "give --label " + name + ", or name the column 'label'")
                .orElse("name the column of the classes 'label', or give --label COLUMN");
    }

    /** Columns that could be input and are not used. */
    List<String> unused() {
        return unused;
    }

    /** The columns that are used, for a message. */
    String used() {
        return "text '" + text + "'" + pair.map(name -> ", pair '" + name + "'").orElse("") + ", label '" + label + "'";
    }

    /** Whether MNLI's annotators did not agree on a row's label. */
    boolean isUndecided(Function<String, String> value) {
        return label.equals(GOLD_LABEL) && "-".equals(value.apply(GOLD_LABEL));
    }

    /**
     * The example of a row.
     *
     * @param value a column's value; null if the row has none
     */
    Example example(long line, Function<String, String> value) {
        String written = value.apply(label);
        String sentence = value.apply(text);
        if (written == null || written.isBlank()) {
            throw ExampleFile.unreadable(file, line, "no label in '" + label + "'", "give each row a label");
        }
        if (sentence == null || sentence.isBlank()) {
            throw ExampleFile.unreadable(file, line, "no text in '" + text + "'", "remove the row, or give it text");
        }
        return new Example(
                sentence, pair.map(value).filter(second -> !second.isBlank()), written.strip(), devSet(value));
    }

    private Optional<DevSet> devSet(Function<String, String> value) {
        return tellsDevSet ? DevSet.named(value.apply(DevSet.KEY)) : devSet;
    }
}
