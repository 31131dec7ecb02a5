package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "add", description = "Let a trainer of a job sign with a key.")
final class KeysAddCommand extends ConsoleCommand {
    @Mixin
    private TrainerKeyOptions options;

    @Override
    public void run(Console console) {
        boolean decided = options.keys().add(options.trainer(), options.publicKey());
        KeysOutput.show(console, options, "add", decided);
    }
}
