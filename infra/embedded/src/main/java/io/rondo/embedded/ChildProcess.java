package io.rondo.embedded;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A child JVM whose standard input is its lease of life, and whose output goes to a file. */
final class ChildProcess implements AutoCloseable {
    private static final int SHOWN_LINES = 15;
    /** On top of the patience that the child has with itself. */
    private static final int MARGIN_SECONDS = 10;

    private final String name;
    private final ErrorCode failure;
    private final Process process;
    private final Path log;
    private final Duration exitPatience;

    private ChildProcess(String name, ErrorCode failure, Process process, Path log, Duration exitPatience) {
        this.name = name;
        this.failure = failure;
        this.process = process;
        this.log = log;
        this.exitPatience = exitPatience;
    }

    /** Starts {@code java} with these arguments, with the JVM that runs this. */
    static ChildProcess start(String name, ErrorCode failure, JavaArguments java, List<String> more, Path log)
            throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                .toString()),
                        java.with(more).stream())
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // options meant for Rondo's own JVM would make the child print, or not start
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        // Quarkus would undo that Ctrl-C is the parent's to handle
        builder.environment().put("DISABLE_SIGNAL_HANDLERS", "true");
        return new ChildProcess(name, failure, builder.start(), log, java.exitPatience());
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** @throws RondoException with this child's code when it has exited */
    void requireAlive() {
        if (!process.isAlive()) {
            throw failed("it exited with status " + process.exitValue(), null);
        }
    }

    /** A failure of this child, with the end of its log. */
    RondoException failed(String why, Throwable cause) {
        return new RondoException(
                failure,
                "the embedded " + name + " does not start: " + why + lastLines(),
                "see " + log + "; if the directory was damaged, choose another by --dir",
                cause);
    }

    /** Asks the child to stop by closing its input, and ends it when it does not. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // it has gone already
        }
        try {
            if (!process.waitFor(exitPatience.toSeconds() + MARGIN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private String lastLines() {
        Deque<String> last = new ArrayDeque<>();
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            lines.filter(line -> !line.isBlank()).forEach(line -> {
                last.add(line);
                if (last.size() > SHOWN_LINES) {
                    last.remove();
                }
            });
        } catch (IOException e) {
            return "";
        }
        return last.isEmpty() ? "" : "\n    " + String.join("\n    ", last);
    }
}
