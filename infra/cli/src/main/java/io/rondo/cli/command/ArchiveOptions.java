package io.rondo.cli.command;

import io.rondo.aggregator.archive.Archive;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.connection.OpenLog;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** An archive that is read instead of a cluster. */
public final class ArchiveOptions {
    @Option(
            names = "--archive",
            paramLabel = "DIR",
            description = "Read an archive instead of a cluster; needs no broker and no registry.")
    private Path directory;

    public boolean isGiven() {
        return directory != null;
    }

    /** The archive's directory, which was given. */
    public Path directory() {
        return directory;
    }

    /**
     * Opens the archive; the caller closes it.
     *
     * @param rounds the rounds whose updates the command reads, as far as the archive has them
     * @throws RondoException with {@code ARCHIVE_NOT_FOUND} or {@code ARCHIVE_CORRUPT}
     */
    public OpenLog open(RoundRange rounds) {
        return OpenLog.of(Archive.openPart(directory, rounds));
    }

    /**
     * Refuses an option that needs a cluster.
     *
     * @throws RondoException with {@code BAD_CONFIG} when it is there besides an archive
     */
    public void refuse(String option, Optional<?> value, String why) {
        if (isGiven() && value.isPresent()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    (option + " " + value.get()).strip() + " with --archive " + directory + ": " + why,
                    "leave one of them out, or restore the archive into a cluster by `rondo restore`");
        }
    }
}
