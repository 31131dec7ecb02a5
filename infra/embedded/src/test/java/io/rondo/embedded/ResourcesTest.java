package io.rondo.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourcesTest {
    @TempDir
    Path directory;

    @Test
    void shouldRefuseADiskWithoutRoomBeforeAnythingStarts() {
        assertThatThrownBy(() ->
                        EmbeddedCluster.start(EmbeddedSettings.in(directory).withMinimumDisk(Long.MAX_VALUE)))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
                .hasMessageContaining(directory.toString());
        assertThat(directory.resolve("broker")).doesNotExist();
    }

    @Test
    void shouldRefuseAMachineWithoutMemoryAndLetGoOfTheDirectory() {
        assertThatThrownBy(() -> EmbeddedCluster.start(
                        EmbeddedSettings.in(directory).withMinimumDisk(0).withMinimumMemory(Long.MAX_VALUE)))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ENOUGH_MEMORY));
        ClusterDirectory.open(directory).close();
    }

    @Test
    void shouldRefuseALockedDirectory() {
        try (ClusterDirectory held = ClusterDirectory.open(directory)) {
            assertThatThrownBy(() -> ClusterDirectory.open(held.path()))
                    .isInstanceOfSatisfying(
                            RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DIRECTORY_IN_USE));
        }
    }

    @Test
    void shouldGiveEachPortOnce() {
        assertThat(Stream.generate(FreePorts::next).limit(500)).doesNotHaveDuplicates();
    }

    @Test
    void shouldRememberPortsWhileTheyAreFree() throws Exception {
        int chosen;
        try (ClusterDirectory first = ClusterDirectory.open(directory)) {
            chosen = new Ports(first).choose("broker.port", 0);
        }
        try (ClusterDirectory second = ClusterDirectory.open(directory)) {
            assertThat(new Ports(second).choose("broker.port", 0)).isEqualTo(chosen);
        }
    }
}
