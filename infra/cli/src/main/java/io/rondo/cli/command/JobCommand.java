package io.rondo.cli.command;

import picocli.CommandLine.Command;

@Command(
        name = "job",
        description = "Write, submit and list jobs.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {JobInitCommand.class, JobSubmitCommand.class, JobListCommand.class})
public final class JobCommand {}
