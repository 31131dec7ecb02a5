package io.rondo.cli.python;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds an interpreter that can run trainers with PEFT: the given one, or a virtual environment in the user's cache, which
 * is created if missing. The package itself comes from the checkout if there is one, so that an environment created by an
 * older checkout contributes only libraries.
 */
public final class PythonFinder {
    /** The checkout that the launcher belongs to. */
    private static final String CHECKOUT = "rondo.checkout";

    private static final String PROBE = """
            import sys
            if sys.version_info < (3, 11):
                sys.exit('it is Python ' + sys.version.split()[0] + ', and 3.11 is needed')
            import rondo.peft.trainer
            """;

    private final Consumer<String> progress;
    private final Path cache;
    private final Optional<Path> checkout;

    /** @param progress receives a note on what is about to be downloaded */
    public PythonFinder(Consumer<String> progress) {
        this(
                progress,
                cache(),
                Optional.ofNullable(System.getProperty(CHECKOUT)).map(Path::of));
    }

    PythonFinder(Consumer<String> progress, Path cache, Optional<Path> checkout) {
        this.progress = progress;
        this.cache = cache;
        this.checkout = checkout.map(home -> home.resolve("trainer").resolve("python"))
                .filter(home -> Files.isRegularFile(home.resolve("pyproject.toml")));
    }

    /**
     * Finds or creates the environment.
     *
     * @param given an interpreter; empty for the one in the cache
     * @throws RondoException with {@link ErrorCode#PYTHON_NOT_INSTALLED} and the command that installs what is missing
     */
    public Python find(Optional<Path> given) {
        return given.map(this::given).orElseGet(this::cached);
    }

    private Python given(Path interpreter) {
        // not its real path: a virtual environment is recognized by the symbolic link
        Python python = python(interpreter.toAbsolutePath());
        python.problem(PROBE).ifPresent(problem -> {
            throw new RondoException(
                    ErrorCode.PYTHON_NOT_INSTALLED,
                    interpreter + " cannot run a trainer with PEFT: " + problem,
                    "install what is missing with: " + interpreter + " -m pip install '"
                            + checkout.map(Path::toString).orElse("rondo-trainer") + "[peft]'");
        });
        return python;
    }

    private Python cached() {
        Path environment = cache.resolve("python");
        Path interpreter = environment.resolve("bin").resolve("python");
        Python python = python(interpreter);
        if (!Files.exists(interpreter) || python.problem(PROBE).isPresent()) {
            make(environment, python);
        }
        return python;
    }

    private void make(Path environment, Python python) {
        Path source = checkout.orElseThrow(() -> new RondoException(
                ErrorCode.PYTHON_NOT_INSTALLED,
                "there is no Python environment in " + environment + ", and no checkout to install one from",
                "install the package rondo-trainer[peft] into an environment, and give its interpreter as --python"));
        progress.accept("making a Python environment in " + environment + ", once. pip downloads PyTorch, transformers"
                + " and PEFT: with the libraries for GPUs that PyTorch brings on Linux some 3 GB, which take 6 GB of"
                + " disk. Stop it with Ctrl-C, and give --python if you have an environment");
        try {
            Files.createDirectories(environment.getParent());
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.DISK_FULL,
                    "cannot write " + environment + ": " + e,
                    "free some space, or set XDG_CACHE_HOME to a directory that has it",
                    e);
        }
        python.run("making a virtual environment", List.of("python3", "-m", "venv", environment.toString()));
        python.run(
                "installing PyTorch, transformers and PEFT",
                python.command("pip", List.of("install", "--quiet", "--disable-pip-version-check", source + "[peft]")));
        python.problem(PROBE).ifPresent(problem -> {
            throw new RondoException(
                    ErrorCode.PYTHON_NOT_INSTALLED,
                    environment + " was made, but cannot run a trainer with PEFT: " + problem,
                    "remove " + environment + " and run the same command again, or give --python");
        });
    }

    private Python python(Path interpreter) {
        return new Python(interpreter, checkout.map(home -> home.resolve("src")));
    }

    private static Path cache() {
        String home = System.getenv("XDG_CACHE_HOME");
        return (home == null || home.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(home))
                .resolve("rondo");
    }
}
