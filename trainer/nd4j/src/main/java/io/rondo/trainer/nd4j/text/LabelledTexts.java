package io.rondo.trainer.nd4j.text;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleFile;
import io.rondo.trainer.nd4j.engine.TokenIds;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The examples of a file with the numbers of their classes. Each is tokenised when it is first asked for, and once. Not
 * for several threads at once.
 */
public final class LabelledTexts {
    private final List<Example> examples;
    private final int[] labels;
    private final TokenIds[] tokens;
    private final TextTokenizer tokenizer;

    private LabelledTexts(List<Example> examples, int[] labels, TextTokenizer tokenizer) {
        this.examples = examples;
        this.labels = labels;
        this.tokens = new TokenIds[labels.length];
        this.tokenizer = tokenizer;
    }

    /**
     * Reads a file.
     *
     * @param labels the classes, in the order of the head's outputs
     * @throws RondoException when the file is missing, unreadable or empty, or has a label that is no class
     */
    public static LabelledTexts read(Path file, List<String> labels, TextTokenizer tokenizer) {
        List<Example> examples = ExampleFile.read(file);
        if (examples.isEmpty()) {
            throw new RondoException(
                    ErrorCode.TOO_FEW_EXAMPLES, file + " has no example", "give each site some text to learn from");
        }
        Map<String, Integer> numbers = new HashMap<>();
        labels.forEach(label -> numbers.put(label, numbers.size()));
        int[] classes = examples.stream()
                .mapToInt(example -> number(file, numbers, labels, example.label()))
                .toArray();
        return new LabelledTexts(examples, classes, tokenizer);
    }

    private static int number(Path file, Map<String, Integer> numbers, List<String> labels, String label) {
        Integer number = numbers.get(label);
        if (number == null) {
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE,
                    file + " has label '" + label + "', which is none of the job's " + labels,
                    "correct the label, or submit a job with all labels");
        }
        return number;
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

    public TokenIds tokens(int index) {
        if (tokens[index] == null) {
            tokens[index] = tokenizer.encode(examples.get(index));
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
