package io.rondo.schemas.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesOfOneOwnerTest {
    @TempDir
    private Path root;

    @Test
    void shouldCreateWhatOnlyItsOwnerMayUse() throws IOException {
        assumeTrue(OwnerOnly.isPosix(root), "the file system has no POSIX permissions");

        Path directory = Files.createDirectory(root.resolve("directory"), OwnerOnly.directory(root));
        Path file = Files.createFile(root.resolve("file"), OwnerOnly.file(root));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldLockAFileOnceUntilItsChannelIsClosed() throws IOException {
        Path file = root.resolve("lock");

        try (FileChannel first = FileLocks.lock(file).orElseThrow()) {
            assertThat(first.isOpen()).isTrue();
            assertThat(FileLocks.lock(file)).isEmpty();
        }

        try (FileChannel second = FileLocks.lock(file).orElseThrow()) {
            assertThat(second.isOpen()).isTrue();
        }
    }
}
