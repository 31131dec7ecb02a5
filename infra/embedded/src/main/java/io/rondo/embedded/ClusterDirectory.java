package io.rondo.embedded;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.file.FileLocks;
import io.rondo.schemas.file.OwnerOnly;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/**
 * The directory of one cluster: locked by one process at a time, with what has to be the same at the next start in
 * {@code embedded.properties}.
 */
final class ClusterDirectory implements AutoCloseable {
    static final String REMEMBERED = "embedded.properties";

    private static final Duration ORPHANS_LEAVE = Duration.ofSeconds(35);

    private final Path path;
    private final FileChannel channel;
    private final Properties remembered = new Properties();

    private ClusterDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Makes the directory if it is missing, and locks it.
     *
     * @throws RondoException with {@code DIRECTORY_IN_USE} when another process has it, {@code DISK_FULL} when it cannot be
     *     written
     */
    static ClusterDirectory open(Path path) {
        try {
            // keys and records of a cluster are its owner's
            Files.createDirectories(path, OwnerOnly.directory(path));
            FileChannel channel = FileLocks.lock(path.resolve("lock"))
                    .orElseThrow(() -> inUse(path, "another process runs a broker there"));
            ClusterDirectory directory = new ClusterDirectory(path, channel);
            directory.load();
            return directory;
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    /** What another process, which has the directory now, has written down for the next start. */
    static Optional<Properties> rememberedByAnother(Path path) {
        Path lock = path.resolve("lock");
        if (!Files.exists(lock)) {
            return Optional.empty();
        }
        try (FileChannel free = FileLocks.lock(lock).orElse(null)) {
            if (free != null) {
                return Optional.empty();
            }
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(path.resolve(REMEMBERED), StandardCharsets.UTF_8)) {
                properties.load(reader);
            }
            return Optional.of(properties);
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    Path path() {
        return path;
    }

    Path lockOf(String child) {
        return path.resolve(child + ".lock");
    }

    Path logOf(String child) {
        return path.resolve("logs").resolve(child + ".log");
    }

    /**
     * Waits until a child of an earlier parent, which was killed a moment ago, has gone too.
     *
     * @throws RondoException with {@code DIRECTORY_IN_USE} when it stays
     */
    void awaitGone(String child) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < ORPHANS_LEAVE.toNanos()) {
            try (FileChannel free = FileLocks.lock(lockOf(child)).orElse(null)) {
                if (free != null) {
                    return;
                }
            }
            Thread.sleep(100);
        }
        throw inUse(path, "a " + child + " of an earlier start still runs");
    }

    Optional<String> remembered(String key) {
        return Optional.ofNullable(remembered.getProperty(key));
    }

    /** Written whole or not at all. */
    void remember(String key, String value) throws IOException {
        if (value.equals(remembered.setProperty(key, value))) {
            return;
        }
        Path fresh = path.resolve(REMEMBERED + ".new");
        try (Writer writer = Files.newBufferedWriter(fresh, StandardCharsets.UTF_8)) {
            remembered.store(writer, "What the next start in this directory has to know");
        }
        Files.move(fresh, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes properties that may hold secrets: only this user can read them from the moment they exist. */
    Path write(String name, Properties properties) throws IOException {
        Path file = path.resolve(name);
        Files.deleteIfExists(file);
        Files.createFile(file, OwnerOnly.file(path));
        try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            properties.store(writer, "Written anew at every start");
        }
        return file;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void load() throws IOException {
        Files.createDirectories(path.resolve("logs"));
        if (Files.exists(file())) {
            try (Reader reader = Files.newBufferedReader(file(), StandardCharsets.UTF_8)) {
                remembered.load(reader);
            }
        }
    }

    private Path file() {
        return path.resolve(REMEMBERED);
    }

    private static RondoException unusable(Path path, IOException e) {
        return new RondoException(
                ErrorCode.BAD_CONFIG,
                "the directory " + path + " cannot be used: " + e,
                "choose a directory that you may write, by --dir",
                e);
    }

    private static RondoException inUse(Path path, String why) {
        return new RondoException(
                ErrorCode.DIRECTORY_IN_USE,
                "the directory " + path + " is in use: " + why,
                "stop that one first, or choose another directory by --dir");
    }
}
