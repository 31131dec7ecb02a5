package io.rondo.schemas.file;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Attributes for new files and directories that only their owner may use, from the moment they exist. A file system without
 * POSIX permissions gets none.
 */
public final class OwnerOnly {
    private OwnerOnly() {}

    /** For a new file: its owner reads and writes it. */
    public static FileAttribute<?>[] file(Path path) {
        return of(path, "rw-------");
    }

    /** For a new directory. */
    public static FileAttribute<?>[] directory(Path path) {
        return of(path, "rwx------");
    }

    /** Whether the file system of this path has POSIX permissions. */
    public static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] of(Path path, String permissions) {
        return isPosix(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
