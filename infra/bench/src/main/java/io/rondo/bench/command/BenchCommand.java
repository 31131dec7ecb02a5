package io.rondo.bench.command;

import picocli.CommandLine.Command;

@Command(
        name = "bench",
        description = "Measure on this machine.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BenchModelCommand.class,
            BenchRoundsCommand.class,
            BenchTrainerCommand.class,
            BenchVerifyCommand.class
        })
public final class BenchCommand {}
