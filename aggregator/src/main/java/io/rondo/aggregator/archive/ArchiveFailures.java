package io.rondo.aggregator.archive;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;

/** Translates file failures into errors for users. */
final class ArchiveFailures {
    private ArchiveFailures() {}

    static RondoException corrupt(Path file, Exception cause) {
        return new RondoException(
                ErrorCode.ARCHIVE_CORRUPT,
                file + " cannot be read: " + reason(cause),
                "take the file from another copy of the archive",
                cause);
    }

    static RondoException failed(String what, Exception cause) {
        return new RondoException(
                ErrorCode.ARCHIVE_FAILED,
                "cannot " + what + ": " + reason(cause),
                "check the room on the disk and the rights on the directory",
                cause);
    }

    private static String reason(Exception cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
