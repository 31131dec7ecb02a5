package io.rondo.cli.python;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An interpreter that can import the Python package of this project with its extra {@code [peft]}. Immutable. */
public final class Python {
    private static final int LAST_LINES = 12;
    private static final long STOP_SECONDS = 5;

    private final Path interpreter;
    private final Optional<Path> source;

    /** @param source the package's source, which takes precedence over an installed one */
    Python(Path interpreter, Optional<Path> source) {
        this.interpreter = interpreter;
        this.source = source;
    }

    /** The command line of a module of the package. */
    public List<String> command(String module, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(interpreter.toString(), "-m", module));
        command.addAll(arguments);
        return command;
    }

    /** The environment variables that its processes need. */
    public Map<String, String> environment() {
        return source.map(path -> Map.of("PYTHONPATH", path.toString())).orElse(Map.of());
    }

    /**
     * Runs a module to its end; its standard error is passed to this process's.
     *
     * @param what a description for messages
     * @return its standard output
     * @throws RondoException with {@link ErrorCode#PYTHON_FAILED} when it fails
     */
    public String run(String what, String module, List<String> arguments) {
        return run(what, command(module, arguments));
    }

    /** The same for any arguments of the interpreter. */
    String run(String what, List<String> command) {
        Ended ended = execute(command, ProcessBuilder.Redirect.INHERIT);
        if (ended.status() != 0) {
            throw new RondoException(
                    ErrorCode.PYTHON_FAILED,
                    "%s failed with exit code %d%s"
                            .formatted(
                                    what, ended.status(), ended.text().isBlank() ? "" : ": " + lastLines(ended.text())),
                    "see its message above, fix the cause and run the same command again");
        }
        return ended.text();
    }

    /** Why the interpreter cannot run this code; empty if it succeeds. */
    Optional<String> problem(String code) {
        Ended ended = execute(List.of(interpreter.toString(), "-c", code), ProcessBuilder.Redirect.PIPE);
        return ended.status() == 0
                ? Optional.empty()
                : Optional.of(
                        ended.text().lines().reduce((before, last) -> last).orElse("exit code " + ended.status()));
    }

    private Ended execute(List<String> command, ProcessBuilder.Redirect errors) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment());
        builder.redirectErrorStream(errors.equals(ProcessBuilder.Redirect.PIPE)).redirectError(errors);
        try {
            Process process = builder.start();
            try {
                process.getOutputStream().close();
                String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return new Ended(process.waitFor(), text);
            } finally {
                stop(process);
            }
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.PYTHON_NOT_INSTALLED,
                    "cannot run " + command.get(0) + ": " + e.getMessage(),
                    "install Python 3.11 or newer, or give --python with the path of an interpreter",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RondoException(
                    ErrorCode.JOB_FAILED, command.get(0) + " was interrupted", "run the same command again", e);
        }
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    private static String lastLines(String text) {
        List<String> lines = text.lines().toList();
        return String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    /** How a process ended, and what it printed. */
    private record Ended(int status, String text) {}
}
