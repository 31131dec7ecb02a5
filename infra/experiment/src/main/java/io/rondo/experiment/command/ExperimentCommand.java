package io.rondo.experiment.command;

import picocli.CommandLine.Command;

@Command(
        name = "experiment",
        description = "Compare methods on one machine, without a broker.",
        subcommands = {ExperimentRunCommand.class, ExperimentListCommand.class})
public final class ExperimentCommand {}
