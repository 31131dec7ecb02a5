package io.rondo.cli.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The engine that trains, and where its models are kept. */
public final class ModelOptions {
    @Option(
            names = "--engine",
            paramLabel = "NAME",
            defaultValue = "nd4j",
            description = "The trainer plug-in. Default: ${DEFAULT-VALUE}.")
    private String engine;

    @Option(
            names = "--model-cache",
            paramLabel = "DIR",
            description =
                    "Where built-in models are stored. Default: .rondo/models of the checkout, or of the working directory.")
    private Path cache;

    public String engine() {
        return engine;
    }

    public Path cache() {
        String models = System.getProperty("rondo.models", ".rondo/models");
        return (cache != null ? cache : Path.of(models)).toAbsolutePath();
    }
}
