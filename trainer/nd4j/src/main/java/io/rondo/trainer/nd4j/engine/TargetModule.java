package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.model.BertConfig;
import java.util.Arrays;
import java.util.List;

/** The linear modules of a layer that can carry an adapter, in the model's order, which is that of the layout. */
public enum TargetModule {
    QUERY("query", "attention.self.query", 0),
    KEY("key", "attention.self.key", 1),
    VALUE("value", "attention.self.value", 2),
    ATTENTION_OUTPUT("dense", "attention.output.dense", 3),
    INTERMEDIATE("dense", "intermediate.dense", 4),
    OUTPUT("dense", "output.dense", 5);

    private final String peftName;
    private final String path;
    private final int number;

    TargetModule(String peftName, String path, int number) {
        this.peftName = peftName;
        this.path = path;
        this.number = number;
    }

    /**
     * The modules of a name as PEFT matches it, by the last parts of the path: {@code dense} is three, {@code
     * attention.self.query} is one.
     */
    public static List<TargetModule> named(String peftName) {
        return Arrays.stream(values())
                .filter(module -> ("." + module.path).endsWith("." + peftName))
                .toList();
    }

    /** The names that PEFT has for them. */
    public static List<String> names() {
        return Arrays.stream(values()).map(module -> module.peftName).distinct().toList();
    }

    /** Where it is in its layer. */
    String path() {
        return path;
    }

    /** Its place among the modules of a layer; query, key and value come first. */
    int number() {
        return number;
    }

    int in(BertConfig config) {
        return this == OUTPUT ? config.intermediate() : config.hidden();
    }

    int out(BertConfig config) {
        return this == INTERMEDIATE ? config.intermediate() : config.hidden();
    }

    /** Whether it is query, key or value, which all read the layer's input. */
    boolean isProjection() {
        return this == QUERY || this == KEY || this == VALUE;
    }
}
