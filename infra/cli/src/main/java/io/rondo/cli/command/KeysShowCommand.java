package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import io.rondo.schemas.sign.KeyFile;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Print the public key of a private key's file.")
final class KeysShowCommand extends ConsoleCommand {
    @Parameters(paramLabel = "FILE", description = "The file of the private key.")
    private Path file;

    /** The JSON result. */
    record Result(String publicKey) {}

    @Override
    public void run(Console console) {
        String text = KeyFile.read(file).verifyingKey().toString();
        console.result(new Result(text), text);
    }
}
