package io.rondo.aggregator.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The directory of an archive while it is written. */
final class ArchiveFolder {
    private ArchiveFolder() {}

    /** Renames a finished directory to its final name, atomically and durably. */
    static void rename(Path partial, Path target) throws IOException {
        force(partial);
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        force(target.getParent());
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Removes a directory of files, if it is there. Subdirectories are not Rondo's and stay. */
    static void delete(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> all = files.toList();
            for (Path file : all) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
