package io.rondo.cli.command;

import io.rondo.schemas.sign.KeyFile;
import io.rondo.schemas.sign.SigningKey;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The private key that a command signs with. */
public final class KeyOptions {
    @Option(
            names = "--key",
            paramLabel = "FILE",
            defaultValue = "${env:RONDO_KEY}",
            description = "Private key to sign with, in a job that requires it. Default: $RONDO_KEY.")
    private Path file;

    /** @throws io.rondo.schemas.error.RondoException {@code BAD_KEY} when the file cannot be used */
    public Optional<SigningKey> key() {
        return Optional.ofNullable(file).map(KeyFile::read);
    }
}
