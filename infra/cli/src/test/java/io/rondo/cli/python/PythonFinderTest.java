package io.rondo.cli.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interpreters are shell scripts here: what counts is how they end and what they say. */
class PythonFinderTest {
    @TempDir
    private Path directory;

    private final List<String> told = new ArrayList<>();
    private Path checkout;

    @BeforeEach
    void makeACheckout() throws IOException {
        checkout = directory.resolve("checkout");
        Files.createDirectories(checkout.resolve("trainer/python/src"));
        Files.writeString(checkout.resolve("trainer/python/pyproject.toml"), "");
    }

    @Test
    void shouldTakeAnInterpreterThatHasAllAndRunTheCheckoutsPackage() throws IOException {
        Python python = finder(Optional.of(checkout)).find(Optional.of(script("good", "exit 0")));

        assertThat(python.environment())
                .containsEntry(
                        "PYTHONPATH", checkout.resolve("trainer/python/src").toString());
        assertThat(told).isEmpty();
    }

    @Test
    void shouldSayWhatAnInterpreterLacksAndHowToInstallIt() throws IOException {
        Path bad = script("bad", "echo \"ModuleNotFoundError: No module named 'torch'\" >&2; exit 1");

        assertThatThrownBy(() -> finder(Optional.of(checkout)).find(Optional.of(bad)))
                .isInstanceOfSatisfying(RondoException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.PYTHON_NOT_INSTALLED);
                    assertThat(failure.getMessage()).contains(bad.toString(), "No module named 'torch'");
                    assertThat(failure.nextStep()).contains("pip install", "trainer/python[peft]");
                });
    }

    @Test
    void shouldSayThatThereIsNoInterpreter() {
        assertThatThrownBy(() -> finder(Optional.of(checkout)).find(Optional.of(directory.resolve("none"))))
                .isInstanceOfSatisfying(RondoException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.PYTHON_NOT_INSTALLED));
    }

    @Test
    void shouldNotMakeAnEnvironmentWithoutACheckout() {
        assertThatThrownBy(() -> finder(Optional.empty()).find(Optional.empty()))
                .isInstanceOfSatisfying(RondoException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.PYTHON_NOT_INSTALLED);
                    assertThat(failure.nextStep()).contains("--python");
                });
        assertThat(told).isEmpty();
    }

    @Test
    void shouldTakeTheEnvironmentOfTheCacheWithoutDownloading() throws IOException {
        Path bin = directory.resolve("cache/python/bin");
        Files.createDirectories(bin);
        Files.move(script("good", "exit 0"), bin.resolve("python"));

        Python python = finder(Optional.of(checkout)).find(Optional.empty());

        assertThat(python.command("rondo.trainer", List.of("--check")))
                .containsExactly(bin.resolve("python").toString(), "-m", "rondo.trainer", "--check");
        assertThat(told).isEmpty();
    }

    @Test
    void shouldSayHowAProgramFailed() throws IOException {
        Python python = finder(Optional.of(checkout))
                .find(Optional.of(script("half", "[ \"$1\" = -c ] && exit 0; echo what it said; exit 3")));

        assertThatThrownBy(() -> python.run("submitting the job", "rondo.submit", List.of()))
                .isInstanceOfSatisfying(RondoException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.PYTHON_FAILED);
                    assertThat(failure.getMessage())
                            .isEqualTo("submitting the job failed with exit code 3: what it said");
                });
    }

    private PythonFinder finder(Optional<Path> home) {
        return new PythonFinder(told::add, directory.resolve("cache"), home);
    }

    private Path script(String name, String body) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }
}
