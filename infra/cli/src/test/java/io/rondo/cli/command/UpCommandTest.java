package io.rondo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpCommandTest {
    @TempDir
    private Path directory;

    @Test
    void shouldUseANewDirectoryItself() {
        assertThat(UpCommand.data(directory.resolve("new"))).isEqualTo(directory.resolve("new"));
    }

    @Test
    void shouldContinueItsOwnLogAndThatOfADemo() throws IOException {
        Path own = cluster(directory.resolve("own"));
        Path demo = cluster(directory.resolve("demo/cluster"));

        assertThat(UpCommand.data(own)).isEqualTo(own);
        assertThat(UpCommand.data(directory.resolve("demo"))).isEqualTo(demo);
    }

    @Test
    void shouldNotRunASecureDemosClusterWithoutItsSecurity() throws IOException {
        cluster(directory.resolve("cluster"));
        Files.createDirectories(directory.resolve("credentials"));
        Files.createFile(directory.resolve("credentials/security.json"));

        assertThatThrownBy(() -> UpCommand.data(directory))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_YET_SUPPORTED));
    }

    private static Path cluster(Path data) throws IOException {
        Files.createDirectories(data);
        Files.createFile(data.resolve("embedded.properties"));
        return data;
    }
}
