package io.rondo.experiment;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writing to disk, where a user can fix what goes wrong. */
final class Storage {
    private Storage() {}

    /** The directory, made where it is not there. */
    static Path directory(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static RondoException failed(Path path, IOException cause) {
        return new RondoException(
                ErrorCode.DISK_FULL,
                "cannot write " + path + ": " + cause.getMessage(),
                "free some space, or choose another --out",
                cause);
    }
}
