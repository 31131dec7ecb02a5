package io.rondo.trainer.nd4j.model;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model that is converted once into a directory of a cache. Any number of threads and processes may ask for the same
 * directory at once: one converts, the others wait for it. The directory appears whole, by a rename, and is verified by
 * its digests whenever it is asked for.
 */
final class CachedDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(CachedDirectory.class);
    /** A lock on a file holds between processes, and throws between threads of one. */
    private static final Object CONVERSION = new Object();

    private final Path cache;
    private final String title;

    /** Fills an empty directory. */
    @FunctionalInterface
    interface Conversion {
        void into(Path directory) throws IOException;
    }

    /** @param title the directory's name in the cache */
    CachedDirectory(Path cache, String title) {
        this.cache = cache;
        this.title = title;
    }

    /**
     * The directory, converted if it is not there or not as it was written.
     *
     * @throws RondoException with {@link ErrorCode#DISK_FULL} when the cache cannot be written
     */
    Path ensure(Conversion conversion) {
        Path directory = cache.resolve(title);
        if (DirectoryDigests.match(directory)) {
            return directory;
        }
        synchronized (CONVERSION) {
            try {
                Files.createDirectories(cache);
                try (FileChannel lockFile = FileChannel.open(
                                cache.resolve(title + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = lockFile.lock()) {
                    if (lock.isValid() && !DirectoryDigests.match(directory)) {
                        replace(directory, conversion);
                    }
                }
            } catch (IOException e) {
                throw new RondoException(
                        ErrorCode.DISK_FULL,
                        "cannot write model " + title + " to " + directory + ": " + e.getMessage(),
                        "free some room for the model in float32 there, check the permissions, or choose another model"
                                + " cache",
                        e);
            }
        }
        return directory;
    }

    private void replace(Path directory, Conversion conversion) throws IOException {
        if (Files.exists(directory)) {
            LOG.warn("{} is not as it was written; converting the model again", directory);
        }
        deleteLeftBehind();
        Path temporary = Files.createTempDirectory(cache, temporaryPrefix());
        try {
            conversion.into(temporary);
            DirectoryDigests.write(temporary);
            deleteTree(directory);
            Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            deleteTree(temporary);
        }
    }

    /** Who holds the lock is alone: other temporary directories are those of processes that were killed. */
    private void deleteLeftBehind() throws IOException {
        List<Path> leftBehind;
        try (Stream<Path> files = Files.list(cache)) {
            leftBehind = files.filter(file -> file.getFileName().toString().startsWith(temporaryPrefix()))
                    .toList();
        }
        for (Path directory : leftBehind) {
            deleteTree(directory);
        }
    }

    private String temporaryPrefix() {
        return "." + title + "-";
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
