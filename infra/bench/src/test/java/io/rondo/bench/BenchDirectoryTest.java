package io.rondo.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BenchDirectoryTest {
    @Test
    void shouldGoWithAllThatItHolds() throws Exception {
        BenchDirectory directory = BenchDirectory.create();
        Path deep = Files.createDirectories(directory.cluster().resolve("a/b"));
        Files.writeString(deep.resolve("file"), "x");
        Path root = directory.logs().getParent();

        directory.close();

        assertThat(root).doesNotExist();
    }
}
