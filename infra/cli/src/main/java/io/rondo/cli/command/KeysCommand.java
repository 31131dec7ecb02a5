package io.rondo.cli.command;

import picocli.CommandLine.Command;

@Command(
        name = "keys",
        description = "Create keys, and say which keys the trainers of a job sign with.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            KeysCreateCommand.class,
            KeysShowCommand.class,
            KeysAddCommand.class,
            KeysRotateCommand.class,
            KeysRevokeCommand.class,
            KeysListCommand.class
        })
public final class KeysCommand {}
