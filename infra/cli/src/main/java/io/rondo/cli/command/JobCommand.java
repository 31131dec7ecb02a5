package io.rondo.cli.command;

import picocli.CommandLine.Command;

@Command(
        name = "job",
        description = "Write, submit, list, fork and steer jobs.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            JobInitCommand.class,
            JobSubmitCommand.class,
            JobListCommand.class,
            JobPauseCommand.class,
            JobResumeCommand.class,
            JobAbortCommand.class
        })
public final class JobCommand {}
