package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import io.rondo.cli.rights.Quota;
import io.rondo.cli.security.SecurityDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "revoke",
        description = "Take a trainer's password and rights away at once. Its id is not given again.",
        footer = {"", "Where the brokers do not answer, the files are changed all the same: then rondo security apply."
        })
final class SecurityRevokeCommand extends ConsoleCommand {
    @Mixin
    private SecurityTarget target;

    @Option(names = "--trainer", paramLabel = "ID", required = true, description = "The trainer's id.")
    private String name;

    /** The JSON result. */
    record Result(String name) {}

    @Override
    public void run(Console console) {
        try (SecurityDirectory credentials = target.open()) {
            credentials.revoke(name);
            target.rights(credentials, Quota.DEFAULT).users();
            console.result(
                    new Result(name),
                    "%s has neither password nor rights any more, by %s".formatted(name, target.directory()));
        }
    }
}
