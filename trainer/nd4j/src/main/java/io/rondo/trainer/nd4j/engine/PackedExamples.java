package io.rondo.trainer.nd4j.engine;

import java.util.List;

/** Examples with their tokens end to end, without padding. */
final class PackedExamples {
    private final List<TokenIds> examples;
    /** Row of each example's first token, and after them the number of all tokens. */
    private final int[] starts;

    private final int first;

    PackedExamples(List<TokenIds> examples) {
        this(examples, 0);
    }

    /** @param first number of the first example in its batch */
    PackedExamples(List<TokenIds> examples, int first) {
        this.examples = examples;
        this.first = first;
        this.starts = new int[examples.size() + 1];
        for (int i = 0; i < examples.size(); i++) {
            starts[i + 1] = starts[i] + examples.get(i).length();
        }
    }

    int examples() {
        return examples.size();
    }

    TokenIds example(int index) {
        return examples.get(index);
    }

    /** Number of an example in its batch. */
    int number(int index) {
        return first + index;
    }

    int tokens() {
        return starts[starts.length - 1];
    }

    int start(int example) {
        return starts[example];
    }

    int length(int example) {
        return starts[example + 1] - starts[example];
    }

    int longest() {
        return examples.stream().mapToInt(TokenIds::length).max().orElse(0);
    }
}
