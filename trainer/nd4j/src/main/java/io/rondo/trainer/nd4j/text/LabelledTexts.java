package io.rondo.trainer.nd4j.text;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.ColumnChoice;
import io.rondo.trainer.data.DevSet;
import io.rondo.trainer.data.ExampleFile;
import io.rondo.trainer.data.ExampleTable;
import io.rondo.trainer.data.Labels;
import io.rondo.trainer.nd4j.engine.TokenIds;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The examples of a file with the numbers of their classes. Each is tokenised when it is first asked for, and once. Not
 * for several threads at once.
 */
public final class LabelledTexts {
    private static final Logger LOG = LoggerFactory.getLogger(LabelledTexts.class);

    private final ExampleTable table;
    private final int[] labels;
    private final TokenIds[] tokens;
    private final TextTokenizer tokenizer;

    private LabelledTexts(ExampleTable table, int[] labels, TextTokenizer tokenizer) {
        this.table = table;
        this.labels = labels;
        this.tokens = new TokenIds[labels.length];
        this.tokenizer = tokenizer;
    }

    /**
     * Reads a file.
     *
     * @param columns which of its columns are read
     * @param labels the classes, in the order of the head's outputs
     * @throws RondoException when the file is missing, unreadable or empty, or has a label that is not a class
     */
    public static LabelledTexts read(Path file, ColumnChoice columns, List<String> labels, TextTokenizer tokenizer) {
        ExampleTable table = ExampleFile.read(file, columns, note -> LOG.warn("{}", note));
        if (table.examples().isEmpty()) {
            throw new RondoException(
                    ErrorCode.TOO_FEW_EXAMPLES, file + " has no example", "give each site some text to learn from");
        }
        Map<String, Integer> numbers = new HashMap<>();
        labels.forEach(label -> numbers.put(label, numbers.size()));
        Labels.requireLabelled(table, labels);
        int[] classes = IntStream.range(0, table.examples().size())
                .map(i -> number(table, i, numbers, labels))
                .toArray();
        return new LabelledTexts(table, classes, tokenizer);
    }

    private static int number(ExampleTable table, int example, Map<String, Integer> numbers, List<String> labels) {
        String label = table.examples().get(example).label();
        Integer number = numbers.get(label);
        if (number == null) {
            Labels.otherSpelling(label, labels).ifPresent(other -> {
                throw new RondoException(
                        ErrorCode.LABELS_AMBIGUOUS,
                        table.where(example) + ": the label '" + label + "', where the job has '" + other + "'",
                        "write each class as the job does");
            });
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE,
                    table.where(example) + ": the label '" + label + "' is none of the job's " + labels,
                    "correct the label, choose another column with --label, or submit a job with all labels");
        }
        return number;
    }

    /** Says which classes only one of two files has. */
    public static void warnOfOneSided(LabelledTexts train, LabelledTexts test) {
        Labels.oneSided(List.of(train.table), List.of(test.table)).forEach(note -> LOG.warn("{}", note));
    }

    public int size() {
        return labels.length;
    }

    public int label(int index) {
        return labels[index];
    }

    /** The classes of some examples. */
    public int[] labels(int[] indices) {
        return IntStream.of(indices).map(this::label).toArray();
    }

    /** Which of MNLI's sets to test on an example is of. */
    public Optional<DevSet> devSet(int index) {
        return table.examples().get(index).devSet();
    }

    public TokenIds tokens(int index) {
        if (tokens[index] == null) {
            tokens[index] = tokenizer.encode(table.examples().get(index));
        }
        return tokens[index];
    }

    /** The tokens of some examples. */
    public List<TokenIds> tokens(int[] indices) {
        return IntStream.of(indices).mapToObj(this::tokens).toList();
    }

    /** The tokens of all examples. */
    public List<TokenIds> tokens() {
        return tokens(IntStream.range(0, size()).toArray());
    }
}
