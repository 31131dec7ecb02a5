package io.rondo.trainer.data;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What labels must be to be classes. */
public final class Labels {
    private static final String UNLABELLED = "-1";
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,30}(\\.\\d{0,30})?");
    private static final Pattern BOOLEAN = Pattern.compile("true|false", Pattern.CASE_INSENSITIVE);
    /** As many as a message needs to be understood. */
    private static final int MOST_NAMED = 10;

    private Labels() {}

    /**
     * Refuses a file without labels: data sets write -1 for the labels that they keep to themselves.
     *
     * @param classes the labels that are known from elsewhere: where -1 is one of them, it is a class
     * @throws RondoException with {@link ErrorCode#UNLABELLED_DATA}
     */
    public static void requireLabelled(ExampleTable table, Collection<String> classes) {
        if (!table.examples().isEmpty()
                && !classes.contains(UNLABELLED)
                && table.examples().stream().allMatch(example -> isUnlabelled(example.label()))) {
            throw new RondoException(
                    ErrorCode.UNLABELLED_DATA,
                    "all " + table.examples().size() + " labels in " + table.file() + " are '"
                            + table.examples().get(0).label() + "', from line " + lineOfFirst(table)
                            + " on: the file has no labels",
                    "give a file with labels, such as the dev or validation split");
        }
    }

    private static boolean isUnlabelled(String label) {
        return identity(label).equals(UNLABELLED);
    }

    private static String lineOfFirst(ExampleTable table) {
        String where = table.where(0);
        return where.substring(where.lastIndexOf(' ') + 1);
    }

    /**
     * Refuses numbers to predict, and one class that is written in two ways.
     *
     * @throws RondoException with {@link ErrorCode#REGRESSION_DATA} or {@link ErrorCode#LABELS_AMBIGUOUS}
     */
    public static void requireClasses(List<ExampleTable> tables) {
        Map<String, String> places = new HashMap<>();
        Map<String, String> labels = new HashMap<>();
        String fraction = null;
        boolean allNumbers = true;
        for (ExampleTable table : tables) {
            for (int i = 0; i < table.examples().size(); i++) {
                String label = table.examples().get(i).label();
                if (places.containsKey(label)) {
                    continue;
                }
                String identity = identity(label);
                allNumbers &= NUMBER.matcher(label).matches();
                fraction = fraction == null && identity.contains(".") ? label : fraction;
                String other = labels.putIfAbsent(identity, label);
                places.put(label, table.where(i));
                if (other != null) {
                    throw new RondoException(
                            ErrorCode.LABELS_AMBIGUOUS,
                            places.get(label) + ": the label '" + label + "', where " + places.get(other) + " has '"
                                    + other + "'",
                            "write each class in one way everywhere");
                }
            }
        }
        if (fraction != null && allNumbers) {
            throw new RondoException(
                    ErrorCode.REGRESSION_DATA,
                    places.get(fraction) + ": the label '" + fraction + "' is a number to predict, not a class",
                    "choose the column of the classes with --label, or write classes as words");
        }
    }

    /** The one of these labels that means the same and is written in another way. */
    public static Optional<String> otherSpelling(String label, Collection<String> labels) {
        String identity = identity(label);
        return labels.stream()
                .filter(other -> !other.equals(label) && identity(other).equals(identity))
                .findFirst();
    }

    private static String identity(String label) {
        if (NUMBER.matcher(label).matches()) {
            BigDecimal number = new BigDecimal(label).stripTrailingZeros();
            return number.scale() <= 0 ? number.toBigInteger().toString() : number.toPlainString();
        }
        return BOOLEAN.matcher(label).matches() ? label.toLowerCase(Locale.ROOT) : label;
    }

    /** Warnings about classes that only one side has. */
    public static List<String> oneSided(List<ExampleTable> train, List<ExampleTable> test) {
        Set<String> inTrain = classes(train);
        Set<String> inTest = classes(test);
        List<String> warnings = new ArrayList<>();
        warn(inTrain, inTest, files(train), files(test)).ifPresent(warnings::add);
        warn(inTest, inTrain, files(test), files(train)).ifPresent(warnings::add);
        return warnings;
    }

    private static Optional<String> warn(Set<String> some, Set<String> others, String in, String notIn) {
        List<String> missing =
                some.stream().filter(label -> !others.contains(label)).toList();
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        String named = missing.stream()
                .limit(MOST_NAMED)
                .map(label -> "'" + label + "'")
                .collect(Collectors.joining(", ", "", missing.size() > MOST_NAMED ? ", …" : ""));
        return Optional.of("warning: " + (missing.size() == 1 ? "a class is" : missing.size() + " classes are")
                + " only in " + in + ", not in " + notIn + ": " + named);
    }

    private static Set<String> classes(List<ExampleTable> tables) {
        return tables.stream()
                .flatMap(table -> table.examples().stream())
                .map(Example::label)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String files(List<ExampleTable> tables) {
        return tables.stream().map(table -> table.file().toString()).collect(Collectors.joining(" and "));
    }
}
