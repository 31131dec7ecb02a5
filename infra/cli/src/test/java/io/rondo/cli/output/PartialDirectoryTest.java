package io.rondo.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
