package io.rondo.cli.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A new directory. Until it is complete it lies beside its place under another name, and it is removed if anything fails. */
public final class PartialDirectory implements AutoCloseable {
    private final Path target;
    private final Path partial;

    private PartialDirectory(Path target, Path partial) {
        this.target = target;
        this.partial = partial;
    }

    /** @param directory its place, where nothing is or an empty directory */
    public static PartialDirectory create(Path directory) throws IOException {
        Path target = directory.toAbsolutePath();
        Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
        // one that a process left which was killed
        delete(partial);
        Files.createDirectories(partial);
        return new PartialDirectory(target, partial);
    }

    /** Where its files are written. */
    public Path path() {
        return partial;
    }

    /** Gives it its name. */
    public void complete() throws IOException {
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes what was not completed. */
    @Override
    public void close() throws IOException {
        delete(partial);
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> found = Files.walk(directory)) {
            files = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
