package io.rondo.demo.command;

import io.rondo.cli.command.ColumnOptions;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.ModelOptions;
import io.rondo.cli.output.Console;
import io.rondo.demo.Demo;
import io.rondo.demo.DemoSettings;
import io.rondo.demo.DemoTask;
import io.rondo.demo.Language;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.LocalTrainerFactories;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description =
                "Run a whole federation on this machine: broker, registry, aggregator and trainers, as processes.",
        footer = {
            "",
            "The same command on the same directory resumes an interrupted run, and reports one that is" + " finished."
        })
public final class DemoCommand extends ConsoleCommand {
    private static final double DIRICHLET = 0.5;

    @Option(
            names = "--task",
            paramLabel = "NAME",
            defaultValue = "classification",
            description = "What the trainers learn: classification of texts by small encoders, or generation, which"
                    + " answers word problems by a small language model and trains in Python. Default:"
                    + " ${DEFAULT-VALUE}.")
    private String task;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory with train and dev as .tsv, .csv or .jsonl, such as a task of GLUE as downloaded;"
                    + " for generation train.jsonl and dev.jsonl with question and answer, such as GSM8K. Without it"
                    + " the demo generates its data.")
    private Path data;

    @Option(
            names = "--trainers",
            paramLabel = "N|LANGUAGE,…",
            defaultValue = "3",
            description = "Number of trainers, or the language of each, such as java,java,python."
                    + " Default: ${DEFAULT-VALUE}.")
    private String trainers;

    @Option(
            names = "--python",
            paramLabel = "FILE",
            description = "Python interpreter with PyTorch, transformers and PEFT, for trainers in Python. Default: an"
                    + " environment in the user's cache, which is created if it is missing.")
    private Path python;

    @Option(names = "--rounds", paramLabel = "N", description = "Default: 10, or 5 for generation.")
    private Integer rounds;

    @Option(
            names = "--dirichlet",
            paramLabel = "ALPHA",
            description = "How evenly the classes of --data are split; smaller is less even. Default: 0.5.")
    private Double dirichlet;

    @Option(names = "--method", paramLabel = "NAME", defaultValue = "fedsa", description = "Default: ${DEFAULT-VALUE}.")
    private String method;

    @Option(names = "--adapter", paramLabel = "NAME", description = "Default: lora, or what the method's name says.")
    private String adapter;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--train-rows",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Maximum number of training examples of a site. Default: ${DEFAULT-VALUE}.")
    private int trainRows;

    @Option(
            names = "--test-rows",
            paramLabel = "N",
            description = "Maximum number of test examples of a site. Default: 100, or 24 for generation.")
    private Integer testRows;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where everything is stored. Default: a directory for these settings under .rondo/demo.")
    private Path directory;

    @Option(
            names = "--secure",
            description = "With TLS, a password or a certificate for every process, and each role's rights by ACLs.")
    private boolean secure;

    @Mixin
    private ColumnOptions columns;

    @Mixin
    private ModelOptions model;

    @Override
    public void run(Console console) {
        DemoTask chosen = DemoTask.named(task);
        if (chosen == DemoTask.GENERATION && dirichlet != null) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--dirichlet is " + dirichlet + ", and problems have no classes to deal out by",
                    "leave it out: sites take the problems of --data in turn");
        }
        List<Language> languages = Language.list(trainers, chosen.language());
        DemoSettings settings = new DemoSettings(
                chosen,
                Optional.ofNullable(data),
                languages.size(),
                rounds == null ? chosen.rounds() : rounds,
                dirichlet == null ? DIRICHLET : dirichlet,
                method,
                Optional.ofNullable(adapter),
                seed,
                trainRows,
                testRows == null ? chosen.testRows() : testRows,
                columns.choice(),
                languages);
        Path home =
                directory != null ? directory : Path.of(".rondo", "demo", settings.id() + (secure ? "-secure" : ""));
        new Demo(
                        settings,
                        home,
                        LocalTrainerFactories.named(model.engine()),
                        model.cache(),
                        Optional.ofNullable(python),
                        secure ? Demo.Protection.FULL : Demo.Protection.NONE,
                        console)
                .run();
    }
}
