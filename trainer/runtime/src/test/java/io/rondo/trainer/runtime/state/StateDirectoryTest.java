package io.rondo.trainer.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {

    @TempDir
    Path root;

    @Test
    void shouldHoldNothingAtFirst() {
        try (StateDirectory directory = StateDirectory.open(root.resolve("a/b"))) {
            assertThat(directory.load()).isEmpty();
        }
    }

    @Test
    void shouldHoldTheStateSavedLast() {
        try (StateDirectory directory = StateDirectory.open(root)) {
            directory.save(States.withPending());
            directory.save(States.withoutPending());
        }
        try (StateDirectory again = StateDirectory.open(root)) {
            assertThat(again.load()).contains(States.withoutPending());
        }
    }

    @Test
    void shouldKeepTheOldStateWhenWritingIsCutOff() throws IOException {
        try (StateDirectory directory = StateDirectory.open(root)) {
            directory.save(States.withoutPending());
        }
        byte[] next = StateFormat.encode(States.withPending());
        Files.write(root.resolve("trainer.state.tmp"), Arrays.copyOf(next, next.length / 2));
        try (StateDirectory again = StateDirectory.open(root)) {
            assertThat(again.load()).contains(States.withoutPending());
            again.save(States.withPending());
            assertThat(again.load()).contains(States.withPending());
        }
        assertThat(root.resolve("trainer.state.tmp")).doesNotExist();
    }

    @Test
    void shouldRefuseADamagedFile() throws IOException {
        Path file = root.resolve("trainer.state");
        try (StateDirectory directory = StateDirectory.open(root)) {
            directory.save(States.withPending());
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
            assertThatThrownBy(directory::load)
                    .asInstanceOf(type(RondoException.class))
                    .returns(ErrorCode.STATE_UNREADABLE, RondoException::code)
                    .satisfies(e -> assertThat(e).hasMessageContaining(file.toString()));
        }
    }

    @Test
    void shouldBeReadableByItsOwnerAlone() throws IOException {
        Path directory = root.resolve("state");
        try (StateDirectory open = StateDirectory.open(directory)) {
            open.save(States.withPending());
        }
        assertThat(permissions(directory)).isEqualTo("rwx------");
        assertThat(permissions(directory.resolve("trainer.state"))).isEqualTo("rw-------");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void shouldServeOneTrainerAtATime() {
        try (StateDirectory first = StateDirectory.open(root)) {
            assertThatThrownBy(() -> StateDirectory.open(root))
                    .asInstanceOf(type(RondoException.class))
                    .returns(ErrorCode.DIRECTORY_IN_USE, RondoException::code);
            assertThat(first.load()).isEmpty();
        }
        try (StateDirectory next = StateDirectory.open(root)) {
            assertThat(next.load()).isEmpty();
        }
    }

    @Test
    void shouldRefuseADirectoryThatIsAFile() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "x");
        assertThatThrownBy(() -> StateDirectory.open(file))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.STATE_UNREADABLE, RondoException::code);
    }
}
