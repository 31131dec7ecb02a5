package io.rondo.cli.command;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the job's base model is on this machine, so that the job need not say it. */
public final class ModelDirectoryOption {
    @Option(
            names = "--model-dir",
            paramLabel = "DIR",
            description = "Directory of the job's base model on this machine. Default: found by the job's name for it.")
    private Path directory;

    /** @throws RondoException with {@link ErrorCode#MODEL_NOT_FOUND} when it is no directory */
    public Optional<Path> directory() {
        if (directory != null && !Files.isDirectory(directory)) {
            throw new RondoException(
                    ErrorCode.MODEL_NOT_FOUND,
                    "there is no directory '" + directory + "'",
                    "give --model-dir a directory that save_pretrained wrote");
        }
        return Optional.ofNullable(directory);
    }
}
