package io.rondo.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldExplainAFailureInThreeLinesOnStandardError() {
        int code = Failures.report(console(Console.Form.TEXT), failure());

        assertThat(code).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines())
                .containsExactly(
                        "error[broker-unreachable]: no broker at localhost:1",
                        "  next: start one",
                        "  more: docs/errors.md#broker-unreachable");
    }

    @Test
    void shouldPrintOneObjectOnStandardOutputWhereJsonIsAskedFor() {
        Failures.report(console(Console.Form.JSON), failure());

        assertThat(out.toString().strip())
                .isEqualTo("{\"error\":{\"code\":\"broker-unreachable\",\"message\":\"no broker at localhost:1\","
                        + "\"more\":\"docs/errors.md#broker-unreachable\",\"next\":\"start one\"}}");
        assertThat(err.toString()).contains("error[broker-unreachable]");
    }

    @Test
    void shouldSayWhatToDoAboutAHeapThatIsTooSmall() {
        int code = Failures.report(
                console(Console.Form.TEXT), new IllegalStateException(new OutOfMemoryError("Java heap space")));

        assertThat(code).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("error[not-enough-memory]: this command does not fit into its heap of ")
                .contains("next: set RONDO_JAVA_OPTS=-Xmx");
    }

    @Test
    void shouldKeepTheTraceOfAFaultInAFile() throws Exception {
        int code = Failures.report(console(Console.Form.TEXT), new IllegalStateException("broken"));

        assertThat(code).isEqualTo(70);
        String path = err.toString().strip().replaceAll("(?s).*trace in ", "");
        assertThat(java.nio.file.Path.of(path)).content().contains("IllegalStateException: broken", "FailuresTest");
        java.nio.file.Files.delete(java.nio.file.Path.of(path));
    }

    @Test
    void shouldPrintTheTraceOfAFaultWhereNoFileWouldBeKept() {
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setProperty(Failures.TRACE_ON_STANDARD_ERROR, "true");
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Failures.report(console(Console.Form.TEXT), new IllegalStateException("broken"));
        } finally {
            System.setErr(before);
            System.clearProperty(Failures.TRACE_ON_STANDARD_ERROR);
        }

        assertThat(err.toString()).contains("with the trace in standard error");
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("IllegalStateException: broken", "FailuresTest");
    }

    private static RondoException failure() {
        return new RondoException(ErrorCode.BROKER_UNREACHABLE, "no broker at localhost:1", "start one");
    }

    private Console console(Console.Form form) {
        return new Console(new PrintWriter(out), new PrintWriter(err), form);
    }
}
