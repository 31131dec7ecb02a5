package io.rondo.samples;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A directory with {@code train} and {@code dev} (or {@code test}) as TSV, CSV or JSON Lines. */
public record DataDirectory(List<Example> train, List<Example> test, List<String> labels) {
    private static final int MOST_LABELS = 1000;

    public DataDirectory {
        train = List.copyOf(train);
        test = List.copyOf(test);
        labels = List.copyOf(labels);
    }

    /**
     * Reads both files.
     *
     * @throws RondoException with {@link ErrorCode#DATA_NOT_FOUND} when the directory or a file is not there,
     *     {@link ErrorCode#ONE_CLASS_ONLY} when all training examples have one label, or a code of {@link ExampleFile}
     */
    public static DataDirectory read(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new RondoException(
                    ErrorCode.DATA_NOT_FOUND,
                    "there is no data directory " + directory,
                    "give --data a directory with train.tsv and dev.tsv (or .csv, .jsonl)");
        }
        Path trainFile = find(directory, "train").orElseThrow(() -> missing(directory, "train"));
        Path testFile =
                find(directory, "dev").or(() -> find(directory, "test")).orElseThrow(() -> missing(directory, "dev"));
        List<Example> train = ExampleFile.read(trainFile);
        List<Example> test = ExampleFile.read(testFile);
        return new DataDirectory(train, test, labels(trainFile, train, testFile, test));
    }

    private static Optional<Path> find(Path directory, String name) {
        return ExampleFile.FORMS.stream()
                .sorted()
                .map(form -> directory.resolve(name + "." + form))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static RondoException missing(Path directory, String name) {
        return new RondoException(
                ErrorCode.DATA_NOT_FOUND,
                "there is no " + name + ".tsv, .csv or .jsonl in " + directory,
                "put " + name + ".tsv there, with the columns sentence and label");
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
