package io.rondo.experiment.command;

import io.rondo.cli.command.ColumnOptions;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.ModelOptions;
import io.rondo.cli.output.Console;
import io.rondo.cli.python.Python;
import io.rondo.cli.python.PythonFinder;
import io.rondo.experiment.ExperimentOptions;
import io.rondo.experiment.ExperimentRunner;
import io.rondo.experiment.GenerationRunner;
import io.rondo.experiment.ShippedExperiments;
import io.rondo.trainer.api.LocalTrainerFactories;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        description = "Run an experiment: methods × splits × seeds.",
        footer = {"", "Run the same command again to resume an interrupted run."})
public final class ExperimentRunCommand extends ConsoleCommand {
    @Parameters(
            paramLabel = "NAME|FILE.yaml",
            description = "A file, or the name of a shipped experiment: see rondo experiment list.")
    private String experiment;

    @Option(names = "--data", paramLabel = "DIR", description = "Data that replaces the data of the file.")
    private Path data;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Where results are stored. Default: a directory of the experiment's name under .rondo/experiments.")
    private Path out;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "Runs at a time, each on one thread; of generation, threads of the one run. Default: one for"
                    + " each processor.")
    private Integer parallel;

    @Option(
            names = "--python",
            paramLabel = "FILE",
            description = "The interpreter of an environment with PyTorch, transformers and PEFT, for experiments of"
                    + " generation. Default: one in the user's cache, which is made where it is missing.")
    private Path python;

    @Mixin
    private ColumnOptions columns;

    @Mixin
    private ModelOptions model;

    @Override
    public void run(Console console) {
        Path file = ShippedExperiments.find(experiment);
        String name = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
        ExperimentOptions options = new ExperimentOptions(
                file,
                Optional.ofNullable(data),
                columns.choice(),
                out != null ? out : Path.of(".rondo", "experiments", name),
                parallel != null ? Math.max(1, parallel) : Runtime.getRuntime().availableProcessors(),
                LocalTrainerFactories.named(model.engine()),
                model.cache());
        if (!GenerationRunner.runs(file)) {
            ExperimentRunner.open(options, console).run();
            return;
        }
        Python interpreter = new PythonFinder(console::progress).find(Optional.ofNullable(python));
        GenerationRunner.open(options, interpreter, console).run();
    }
}
