package io.rondo.cli.command;

import picocli.CommandLine.Command;

@Command(
        name = "security",
        description = "Create, apply, rotate and revoke the credentials and rights of a federation.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SecurityInitCommand.class,
            SecurityApplyCommand.class,
            SecurityRotateCommand.class,
            SecurityRevokeCommand.class,
            SecurityGateCommand.class
        })
public final class SecurityCommand {}
