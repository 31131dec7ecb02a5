package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import io.rondo.cli.rights.Quota;
import io.rondo.cli.security.SecurityDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "rotate",
        description = "Issue a new key, certificate and password; the old password becomes invalid at once.",
        footer = {"", "Where the brokers do not answer, the files are changed all the same: then rondo security apply."
        })
final class SecurityRotateCommand extends ConsoleCommand {
    @Mixin
    private SecurityTarget target;

    @Option(
            names = "--name",
            paramLabel = "ID",
            required = true,
            description = "A trainer's id, aggregator, operator, admin, broker or registry.")
    private String name;

    /** The JSON result. */
    record Result(String name) {}

    @Override
    public void run(Console console) {
        try (SecurityDirectory credentials = target.open()) {
            credentials.rotate(name);
            target.rights(credentials, Quota.DEFAULT).users();
            console.result(
                    new Result(name),
                    "new credentials of %s are in %s; hand the folder over again".formatted(name, target.directory()));
        }
    }
}
