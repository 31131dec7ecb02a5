package io.rondo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.conformance.command.ConformanceCommand;
import io.rondo.conformance.scenario.Scenario;
import io.rondo.conformance.scenario.Scenarios;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ConformanceCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void shouldListTheScenariosAndStartNothing() {
        assertThat(run("--list")).isZero();
        assertThat(out.toString()).contains("MUST", "trained-once", "4, step 7");

        assertThat(run("--list", "--json", "--only", "bf16,joins")).isZero();
        assertThat(out.toString()).contains("{\"scenarios\":[{\"name\":\"joins\"");
    }

    @Test
    void shouldListWhatABuildPlays() {
        assertThat(Scenarios.quick())
                .extracting(Scenario::name)
                .hasSize(21)
                .isSubsetOf(Scenarios.all().stream().map(Scenario::name).toList());

        assertThat(run("--list", "--json", "--quick")).isZero();
        assertThat(out.toString()).contains("\"nothing-private\"").doesNotContain("\"killed-during-upload\"");
    }

    @Test
    void shouldRefuseWhatItCannotPlay() throws Exception {
        assertThat(run("--only", "none-such", "--", "trainer")).isEqualTo(1);
        assertThat(err.toString()).contains("error[bad-config]", "'none-such'");

        assertThat(run()).isEqualTo(1);
        assertThat(err.toString()).contains("no trainer is given");

        assertThat(run("--bootstrap-servers", "localhost:1", "--", "trainer")).isEqualTo(1);
        assertThat(err.toString()).contains("belong together");

        Files.writeString(directory.resolve("something"), "there");
        assertThat(run("--dir", directory.toString(), "--", "trainer")).isEqualTo(1);
        assertThat(err.toString()).contains("is not empty");
    }

    private int run(String... arguments) {
        return new CommandLine(new ConformanceCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
