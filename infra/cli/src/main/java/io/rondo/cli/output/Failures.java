package io.rondo.cli.output;

import io.rondo.schemas.client.Secrets;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports how a command failed: a user error in three lines, a program fault with the path of its stack trace. */
public final class Failures {
    /** Exit code of a failure that the user can act on. */
    public static final int EXIT_FAILED = 1;

    /** Exit code of a wrong command line. */
    public static final int EXIT_USAGE = 2;

    /** Exit code of a fault of the program. */
    public static final int EXIT_FAULT = 70;

    /** Set in container images, where a temporary file does not outlive the process: traces go to standard error. */
    static final String TRACE_ON_STANDARD_ERROR = "rondo.trace.stderr";

    private static final int MOST_CAUSES = 20;
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);

    private Failures() {}

    /** Prints the failure and returns the exit code. */
    public static int report(Console console, Throwable failure) {
        if (failure instanceof RondoException known) {
            return report(console, known);
        }
        if (isOutOfMemory(failure)) {
            return report(console, tooSmallHeap(failure));
        }
        String trace = trace(failure);
        String text = Secrets.maskKnown(failure.toString());
        String message = "fault: %s%n  next: please report it with the trace in %s".formatted(text, trace);
        console.failure(
                Map.of("error", new TreeMap<>(Map.of("code", "fault", "message", text, "trace", trace))), message);
        return EXIT_FAULT;
    }

    private static int report(Console console, RondoException failure) {
        console.failure(Map.of("error", json(failure)), Secrets.maskKnown(failure.explanation()));
        return EXIT_FAILED;
    }

    /** Also in a thread of its own, whose failure comes as a cause. */
    private static boolean isOutOfMemory(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(MOST_CAUSES)
                .anyMatch(OutOfMemoryError.class::isInstance);
    }

    private static RondoException tooSmallHeap(Throwable failure) {
        long megabytes = Runtime.getRuntime().maxMemory() >> 20;
        return new RondoException(
                ErrorCode.NOT_ENOUGH_MEMORY,
                "this command does not fit into its heap of " + megabytes + " MB",
                "set RONDO_JAVA_OPTS=-Xmx" + 2 * megabytes + "m or more, or raise the container's limit",
                failure);
    }

    private static Map<String, String> json(RondoException failure) {
        Map<String, String> json = failure.json();
        json.put("message", Secrets.maskKnown(failure.getMessage()));
        return json;
    }

    /** Where the stack trace is: the path of a file, or standard error. */
    private static String trace(Throwable failure) {
        StringWriter lines = new StringWriter();
        failure.printStackTrace(new PrintWriter(lines, true));
        String text = Secrets.maskKnown(lines.toString());
        if (!Boolean.getBoolean(TRACE_ON_STANDARD_ERROR)) {
            try {
                Path file = Files.createTempFile("rondo-fault-", ".log");
                Files.writeString(file, text);
                return file.toString();
            } catch (IOException e) {
                // a file cannot be written either
            }
        }
        if (LogFormat.isJson()) {
            LOG.error(text);
        } else {
            System.err.print(text);
        }
        return "standard error";
    }
}
