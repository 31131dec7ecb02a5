package io.rondo.schemas.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * Locks that give one process at a time exclusive use of a directory. The operating system frees the lock of a process that
 * is killed.
 */
public final class FileLocks {
    private FileLocks() {}

    /**
     * Locks a file, and creates it where it is missing.
     *
     * @return holds the lock until it is closed; empty when another process, or another part of this one, has the lock
     */
    public static Optional<FileChannel> lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OwnerOnly.file(file));
        boolean isLocked = false;
        try {
            isLocked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // this process holds the lock through another channel
        } finally {
            if (!isLocked) {
                channel.close();
            }
        }
        return isLocked ? Optional.of(channel) : Optional.empty();
    }
}
