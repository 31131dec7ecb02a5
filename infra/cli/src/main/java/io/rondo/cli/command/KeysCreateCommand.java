package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import io.rondo.schemas.sign.KeyFile;
import io.rondo.schemas.sign.SigningKey;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "create", description = "Create an Ed25519 key in a file that only its owner can read.")
final class KeysCreateCommand extends ConsoleCommand {
    @Parameters(paramLabel = "FILE", description = "The file; must not exist.")
    private Path file;

    /** The JSON result. */
    record Result(String file, String publicKey) {}

    @Override
    public void run(Console console) {
        SigningKey key = KeyFile.create(file);
        String text = key.verifyingKey().toString();
        console.result(
                new Result(file.toString(), text),
                "%s%n  %s holds the private key; the line above is the public one, to give away".formatted(text, file));
    }
}
