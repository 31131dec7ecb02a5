package io.rondo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CheckCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldGoOnAfterAFailureAndEndWithIt() throws Exception {
        int code = run("--role", "trainer", "--json");

        JsonNode result =
                new ObjectMapper().readTree(out.toString().lines().findFirst().orElseThrow());
        assertThat(code).isEqualTo(1);
        assertThat(result.path("role").asText()).isEqualTo("trainer");
        assertThat(result.path("findings")).hasSize(2).allSatisfy(finding -> assertThat(
                        finding.path("state").asText())
                .isEqualTo("fail"));
        assertThat(result.path("findings").get(0).path("code").asText()).isEqualTo("bad-config");
        assertThat(result.path("findings").get(1).path("code").asText()).isEqualTo("registry-unreachable");
        assertThat(err.toString()).contains("2 of 2 checks failed");
    }

    @Test
    void shouldPrintALineForEachFinding() {
        run();

        assertThat(out.toString().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).startsWith("FAIL").contains("; next: "));
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 4];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--bootstrap-servers";
        all[arguments.length + 1] = "no-address";
        all[arguments.length + 2] = "--schema-registry";
        all[arguments.length + 3] = "http://127.0.0.1:1";
        return new CommandLine(new CheckCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }
}
