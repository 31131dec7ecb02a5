package io.rondo.samples;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.ColumnChoice;
import io.rondo.trainer.data.DevSet;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleFile;
import io.rondo.trainer.data.ExampleTable;
import io.rondo.trainer.data.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A directory with {@code train} and {@code dev} (or MNLI's two, or {@code test}) as TSV, CSV or JSON Lines. */
public record LabelledData(List<Example> train, List<Example> test, List<String> labels) {
    private static final int MOST_LABELS = 1000;

    public LabelledData {
        train = List.copyOf(train);
        test = List.copyOf(test);
        labels = List.copyOf(labels);
    }

    /**
     * Reads the files.
     *
     * @param choice which columns are read
     * @param notes takes what a user should know of the data
     * @throws RondoException with {@link ErrorCode#DATA_NOT_FOUND} when the directory or a file is not there,
     *     {@link ErrorCode#ONE_CLASS_ONLY} when all training examples have one label, or a code of {@link ExampleFile}
     *     or {@link Labels}
     */
    public static LabelledData read(Path directory, ColumnChoice choice, Consumer<String> notes) {
        if (!Files.isDirectory(directory)) {
            throw new RondoException(
                    ErrorCode.DATA_NOT_FOUND,
                    "there is no data directory " + directory,
                    "give --data a directory with train.tsv and dev.tsv (or .csv, .jsonl)");
        }
        Path trainFile = find(directory, "train", notes).orElseThrow(() -> missing(directory, "train"));
        ExampleTable train = ExampleFile.read(trainFile, choice, notes);
        List<ExampleTable> tests = testFiles(directory, notes).stream()
                .map(file -> ExampleFile.read(file, choice, notes))
                .toList();
        return of(train, tests, notes);
    }

    /** {@code dev}, MNLI's two of them, or {@code test}. */
    private static List<Path> testFiles(Path directory, Consumer<String> notes) {
        Optional<Path> dev = find(directory, "dev", notes);
        if (dev.isPresent()) {
            return List.of(dev.get());
        }
        List<Path> both = Stream.of(DevSet.values())
                .flatMap(set -> find(directory, set.fileName(), notes).stream())
                .toList();
        if (both.size() > 1) {
            notes.accept("tested on the examples of " + both.get(0) + " and " + both.get(1)
                    + "; beside the accuracy on all of them there is one on each");
        }
        return both.isEmpty()
                ? List.of(find(directory, "test", notes).orElseThrow(() -> missing(directory, "dev")))
                : both;
    }

    private static Optional<Path> find(Path directory, String name, Consumer<String> notes) {
        List<Path> found = ExampleFile.FORMS.stream()
                .sorted()
                .map(form -> directory.resolve(name + "." + form))
                .filter(Files::isRegularFile)
                .toList();
        if (found.size() > 1) {
            notes.accept("warning: reads " + found.get(0) + " and not " + found.subList(1, found.size()));
        }
        return found.stream().findFirst();
    }

    private static RondoException missing(Path directory, String name) {
        return parquet(directory)
                .map(ExampleFile::parquet)
                .orElseGet(() -> new RondoException(
                        ErrorCode.DATA_NOT_FOUND,
                        "there is no " + name + ".tsv, .csv or .jsonl in " + directory,
                        "put " + name + ".tsv there, with the columns sentence and label"));
    }

    /** A file as data sets on Hugging Face's hub come. */
    private static Optional<Path> parquet(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".parquet"))
                    .sorted()
                    .findFirst();
        } catch (IOException e) {
            // what is missing is told in any case
            return Optional.empty();
        }
    }

    private static LabelledData of(ExampleTable trainTable, List<ExampleTable> tests, Consumer<String> notes) {
        List<Example> train = trainTable.examples();
        List<Example> test =
                tests.stream().flatMap(table -> table.examples().stream()).toList();
        Set<String> known = train.stream().map(Example::label).collect(Collectors.toSet());
        for (ExampleTable table : tests) {
            Labels.requireLabelled(table, known);
        }
        Labels.requireClasses(
                Stream.concat(Stream.of(trainTable), tests.stream()).toList());
        List<String> labels = labels(trainTable.file(), train, tests.get(0).file(), test);
        Labels.oneSided(List.of(trainTable), tests).forEach(notes);
        return new LabelledData(train, test, labels);
    }

    private static List<String> labels(Path trainFile, List<Example> train, Path testFile, List<Example> test) {
        if (train.isEmpty() || test.isEmpty()) {
            throw new RondoException(
                    ErrorCode.TOO_FEW_EXAMPLES,
                    "there is no example in " + (train.isEmpty() ? trainFile : testFile),
                    "give at least one row for each trainer");
        }
        if (train.stream().map(Example::label).distinct().count() == 1) {
            throw new RondoException(
                    ErrorCode.ONE_CLASS_ONLY,
                    "all " + train.size() + " examples in " + trainFile + " have the label '"
                            + train.get(0).label() + "'",
                    "give examples of at least two classes");
        }
        TreeSet<String> labels =
                new TreeSet<>(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        Stream.concat(train.stream(), test.stream()).map(Example::label).forEach(labels::add);
        if (labels.size() > MOST_LABELS) {
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE,
                    trainFile + " has " + labels.size() + " different labels, such as '" + labels.first() + "'",
                    "classify into at most " + MOST_LABELS + " classes");
        }
        return List.copyOf(labels);
    }
}
