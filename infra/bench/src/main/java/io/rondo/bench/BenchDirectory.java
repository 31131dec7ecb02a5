package io.rondo.bench;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory for temporary files that goes with all it holds. */
final class BenchDirectory implements AutoCloseable {
    private final Path path;

    private BenchDirectory(Path path) {
        this.path = path;
    }

    static BenchDirectory create() {
        try {
            return new BenchDirectory(Files.createTempDirectory("rondo-bench-"));
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.DISK_FULL,
                    "cannot make a temporary directory: " + e,
                    "make room, or name another place by RONDO_JAVA_OPTS=-Djava.io.tmpdir=DIR",
                    e);
        }
    }

    Path cluster() {
        return path.resolve("cluster");
    }

    Path aggregatorState(String name) {
        return path.resolve(name);
    }

    Path logs() {
        return path.resolve("logs");
    }

    /** Deletes it; what is held by someone who is just ending may stay. */
    @Override
    public void close() {
        try (Stream<Path> found = Files.walk(path)) {
            List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        } catch (IOException | UncheckedIOException e) {
            // only the system's own clean-up is left for the rest
        }
    }
}
