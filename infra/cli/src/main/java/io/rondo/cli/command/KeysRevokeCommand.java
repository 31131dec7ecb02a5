package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "revoke", description = "Let what a key of a trainer has signed count no longer.")
final class KeysRevokeCommand extends ConsoleCommand {
    @Mixin
    private TrainerKeyOptions options;

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "The reason, which is logged.")
    private String reason;

    @Override
    public void run(Console console) {
        boolean decided = options.keys().revoke(options.trainer(), options.publicKey(), reason);
        KeysOutput.show(console, options, "revoke", decided);
    }
}
