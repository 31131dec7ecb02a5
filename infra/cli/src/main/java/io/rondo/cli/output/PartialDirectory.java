package io.rondo.cli.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A new directory. Until it is complete it has a temporary name in the same parent directory, and it is removed if anything
 * fails.
 */
public final class PartialDirectory implements AutoCloseable {
    private final Path target;
    private final Path partial;
    private boolean isPrivate;

    private PartialDirectory(Path target, Path partial) {
        this.target = target;
        this.partial = partial;
    }

    /** @param directory its final path, which is absent or an empty directory */
    public static PartialDirectory create(Path directory) throws IOException {
        Path target = directory.toAbsolutePath();
        Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
        // left by a killed process
        delete(partial);
        Files.createDirectories(partial);
        return new PartialDirectory(target, partial);
    }

    /** Where its files are written. */
    public Path path() {
        return partial;
    }

    /** Restricts reading of its contents to its owner. */
    public void keepToOwner() throws IOException {
        isPrivate = true;
        restrict(partial, "rwx------");
    }

    /** Renames it to its final path. */
    public void complete() throws IOException {
        if (isPrivate) {
            for (Path file : contents(partial)) {
                restrict(file, Files.isDirectory(file) ? "rwx------" : "rw-------");
            }
        }
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes an incomplete directory. */
    @Override
    public void close() throws IOException {
        delete(partial);
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        for (Path file : contents(directory)) {
            Files.delete(file);
        }
    }

    /** Its contents, and the directory itself last. */
    private static List<Path> contents(Path directory) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            return found.sorted(Comparator.reverseOrder()).toList();
        }
    }

    private static void restrict(Path file, String permissions) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        }
    }
}
