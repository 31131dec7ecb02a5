package io.rondo.cli.security;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.file.FileLocks;
import io.rondo.schemas.file.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A directory whose files only its owner can read, from the moment they exist. Each file is written atomically. One process
 * at a time changes it.
 */
final class PrivateDirectory implements AutoCloseable {
    private static final String FRESH = ".new";
    private static final Set<PosixFilePermission> FOREIGN =
            EnumSet.complementOf(EnumSet.copyOf(PosixFilePermissions.fromString("rwx------")));

    private final Path root;
    private final FileChannel lock;

    private PrivateDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Makes the directory if it is missing, and locks it.
     *
     * @throws RondoException with {@code BAD_CONFIG} when others can read it or it cannot be used, {@code DIRECTORY_IN_USE}
     */
    static PrivateDirectory open(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        try {
            if (root.getParent() != null) {
                Files.createDirectories(root.getParent());
            }
            if (!Files.isDirectory(root)) {
                Files.createDirectory(root, OwnerOnly.directory(root));
            }
            requireOwner(root);
            return new PrivateDirectory(
                    root,
                    FileLocks.lock(root.resolve("lock"))
                            .orElseThrow(() -> new RondoException(
                                    ErrorCode.DIRECTORY_IN_USE,
                                    "another process changes the credentials in " + root,
                                    "wait until it is done")));
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }

    Path path(String name) {
        return root.resolve(name);
    }

    /** The text of a file, if it exists. */
    Optional<String> read(String name) {
        Path file = path(name);
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** Writes a file and its folders; does nothing if it already contains this text. */
    void write(String name, String text) {
        if (read(name).filter(text::equals).isPresent()) {
            return;
        }
        Path file = path(name);
        Path fresh = file.resolveSibling(file.getFileName() + FRESH);
        try {
            createFolders(file.getParent());
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, OwnerOnly.file(root));
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    void delete(String name) {
        try {
            Files.deleteIfExists(path(name));
        } catch (IOException e) {
            throw unusable(path(name), e);
        }
    }

    private void createFolders(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            createFolders(folder.getParent());
            Files.createDirectory(folder, OwnerOnly.directory(root));
        }
    }

    private static void requireOwner(Path root) throws IOException {
        if (OwnerOnly.isPosix(root)
                && Files.getPosixFilePermissions(root).stream().anyMatch(FOREIGN::contains)) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "others have rights on " + root + ", which is to hold secrets",
                    "take them away: chmod 700 " + root + ", or give a --dir that does not exist");
        }
    }

    private static RondoException unusable(Path path, IOException e) {
        return new RondoException(
                ErrorCode.BAD_CONFIG,
                "cannot use " + path + ": " + e,
                "give a --dir that you may write, and that has room",
                e);
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }
}
