package io.rondo.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialDirectoryTest {
    @TempDir
    private Path parent;

    @Test
    void shouldBeThereOnlyWhenItIsComplete() throws IOException {
        Path target = parent.resolve("out");
        try (PartialDirectory directory = PartialDirectory.create(target)) {
            Files.createDirectories(directory.path().resolve("inner"));
            Files.writeString(directory.path().resolve("inner/file"), "text");
            assertThat(target).doesNotExist();

            directory.complete();
        }
        assertThat(target.resolve("inner/file")).hasContent("text");
        assertThat(parent).isDirectoryNotContaining("glob:**partial");
    }

    @Test
    void shouldLeaveNothingWhenItIsNot() throws IOException {
        Path target = Files.createDirectory(parent.resolve("out"));
        try (PartialDirectory directory = PartialDirectory.create(target)) {
            Files.createDirectories(directory.path().resolve("inner"));
            Files.writeString(directory.path().resolve("inner/file"), "text");
        }
        assertThat(parent).isDirectoryContaining("glob:**out").isDirectoryNotContaining("glob:**partial");
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void shouldKeepWhatIsPrivateToItsOwner() throws IOException {
        assumeTrue(parent.getFileSystem().supportedFileAttributeViews().contains("posix"), "the files have no owner");
        Path target = parent.resolve("out");
        try (PartialDirectory directory = PartialDirectory.create(target)) {
            directory.keepToOwner();
            Files.writeString(directory.path().resolve("file"), "text");
            directory.complete();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("file"))))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldTakeThePlaceOfAnEmptyDirectoryAndOfWhatAKilledProcessLeft() throws IOException {
        Path target = Files.createDirectory(parent.resolve("out"));
        Files.createDirectories(parent.resolve(".out.partial/left"));
        try (PartialDirectory directory = PartialDirectory.create(target)) {
            assertThat(directory.path()).isEmptyDirectory();
            Files.writeString(directory.path().resolve("file"), "text");
            directory.complete();
        }
        assertThat(target.resolve("file")).hasContent("text");
    }
}
