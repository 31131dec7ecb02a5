package io.rondo.bench.command;

import io.rondo.bench.model.ScaleModel;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.output.Console;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "model",
        description =
                "Compute what a federation beyond this machine needs, from measured costs, and what breaks first.",
        footer = {"", "docs/explanation/scaling.md says how the model works and what it answers."})
public final class BenchModelCommand extends ConsoleCommand {
    @Option(
            names = "--measured",
            paramLabel = "FILE",
            required = true,
            description = "Rounds that were measured, as infra/bench/scaling/scaling.py writes them.")
    private Path measured;

    @Option(
            names = "--trainers",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Default: ${DEFAULT-VALUE}.")
    private long trainers;

    @Option(
            names = "--adapter-mb",
            paramLabel = "MB",
            defaultValue = "0.147",
            description = "Size of each update as float32, in 10^6 bytes. Default: ${DEFAULT-VALUE}.")
    private double adapterMb;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "10000000", description = "Default: ${DEFAULT-VALUE}.")
    private long rounds;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "From one round to the next. Default: ${DEFAULT-VALUE}.")
    private double interval;

    @Option(
            names = "--retained",
            paramLabel = "N",
            defaultValue = "16",
            description =
                    "Rounds whose updates stay on the brokers; older ones are archived. Default: ${DEFAULT-VALUE}.")
    private int retained;

    @Option(
            names = "--partitions",
            paramLabel = "P",
            defaultValue = "4",
            description = "Partitions of each job's topics. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(
            names = "--replication",
            paramLabel = "N",
            defaultValue = "3",
            description = "Replicas of the topics. Default: ${DEFAULT-VALUE}.")
    private int replication;

    @Option(
            names = "--region",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Trainers of a regional job, whose aggregator is a trainer of the global one. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int region;

    @Override
    public void run(Console console) {
        ScaleModel.run(
                trainers, adapterMb, rounds, interval, retained, partitions, replication, region, measured, console);
    }
}
