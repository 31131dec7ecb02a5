package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "rotate", description = "Let a trainer sign with a new key, and with no other any more.")
final class KeysRotateCommand extends ConsoleCommand {
    @Mixin
    private TrainerKeyOptions options;

    @Override
    public void run(Console console) {
        boolean decided = options.keys().rotate(options.trainer(), options.publicKey());
        KeysOutput.show(console, options, "rotate", decided);
    }
}
