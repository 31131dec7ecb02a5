package io.rondo.trainer.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The examples of a file, each with the line where it ends. */
public final class ExampleTable {
    private final Path file;
    private final List<Example> examples;
    private final int[] lines;

    private ExampleTable(Path file, List<Example> examples, int[] lines) {
        this.file = file;
        this.examples = examples;
        this.lines = lines;
    }

    /** All examples, in the file's order. */
    public List<Example> examples() {
        return examples;
    }

    public Path file() {
        return file;
    }

    /** File and line of an example, for a message. */
    public String where(int example) {
        return file + ", line " + lines[example];
    }

    /** Collects examples in the file's order. */
    static final class Builder {
        private final List<Example> examples = new ArrayList<>();
        private int[] lines = new int[64];

        void add(long line, Example example) {
            if (examples.size() == lines.length) {
                lines = Arrays.copyOf(lines, 2 * lines.length);
            }
            lines[examples.size()] = Math.toIntExact(line);
            examples.add(example);
        }

        ExampleTable build(Path file) {
            return new ExampleTable(file, List.copyOf(examples), Arrays.copyOf(lines, examples.size()));
        }
    }
}
