package io.rondo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @Test
    void shouldListTheCommands() {
        assertThat(run("--help")).isZero();

        assertThat(out.toString())
                .contains("demo", "up", "aggregator", "trainer", "job", "rounds", "verify", "bench", "version");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "up",
                "aggregator",
                "trainer",
                "job",
                "job submit",
                "job init",
                "job list",
                "job pause",
                "job resume",
                "job abort",
                "rounds",
                "bench",
                "bench rounds",
                "conformance"
            })
    void shouldExplainEachCommand(String command) {
        assertThat(run((command + " --help").split(" "))).isZero();

        assertThat(out.toString()).startsWith("Usage: rondo " + command);
    }

    @Test
    void shouldPrintItsVersionAsTextAndAsJson() {
        assertThat(run("version", "--model-cache", directory.toString())).isZero();
        assertThat(out.toString()).startsWith("rondo 0.").contains("Kafka 4.");

        assertThat(run("version", "--json", "--model-cache", directory.toString()))
                .isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines.get(lines.size() - 1)).matches("\\{\"rondo\":\".*\",\"kafka\":\".*\",\"avro\":.*}");
    }

    @ParameterizedTest
    @CsvSource({"'',Usage: rondo", "nonsense,nonsense", "aggregator,--job", "demo --rounds x,--rounds"})
    void shouldExitWithTwoForAWrongCommandLine(String line, String message) {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);

        assertThat(err.toString()).contains(message);
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "--method fedavg,unknown-method",
        "--method fedsa-lora --adapter vera,bad-job-file",
        "--trainers 0,bad-config",
        "--rounds 0,bad-config",
        "--dirichlet 0,bad-config",
        "--data no-such-directory,data-not-found",
        "--engine none,command-not-installed"
    })
    void shouldRefuseADemoThatCannotBeBeforeItStartsAnything(String options, String code) {
        Path home = directory.resolve("demo");
        String[] arguments = ("demo --json --dir " + home + " " + options).split(" ");

        assertThat(run(arguments)).isEqualTo(1);

        assertThat(out.toString()).startsWith("{\"error\":{\"code\":\"" + code + "\"");
        assertThat(err.toString()).contains("error[" + code + "]", "  next: ", "docs/errors.md#" + code);
        assertThat(home).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--trainers 0", "--adapter-mb -1", "--chunk-kb 1024", "--rounds 0"})
    void shouldRefuseABenchmarkThatCannotBe(String options) {
        assertThat(run(("bench rounds --json " + options).split(" "))).isEqualTo(1);

        assertThat(out.toString()).startsWith("{\"error\":{\"code\":\"bad-config\"");
        assertThat(err.toString()).startsWith("error[bad-config]: " + options.replace(" ", " is "));
    }

    @Test
    void shouldRefuseADirectoryThatHoldsSomethingElse() throws Exception {
        Files.writeString(directory.resolve("thesis.txt"), "mine");

        assertThat(run("demo", "--dir", directory.toString())).isEqualTo(1);

        assertThat(err.toString()).contains("error[directory-of-another-job]");
        assertThat(directory).isDirectoryContaining("glob:**thesis.txt").isDirectoryNotContaining("glob:**sites");
    }

    @Test
    void shouldWriteAJobFileOnce() {
        String file = directory.resolve("job.yaml").toString();

        assertThat(run("job", "init", file, "--set", "rounds=3")).isZero();
        assertThat(Path.of(file)).content().contains("\nrounds: 3\n", "\nmethod: fedsa\n");

        assertThat(run("job", "init", file)).isEqualTo(1);
        assertThat(err.toString()).contains("error[bad-config]", "already");
    }

    @Test
    void shouldRefuseAJobFileBeforeItLooksForABroker() throws Exception {
        Path file = Files.writeString(directory.resolve("job.yaml"), "name: x\nrank: -1\n");

        assertThat(run("job", "submit", file.toString())).isEqualTo(1);

        assertThat(err.toString()).startsWith("error[bad-job-file]: job.yaml, line 2: rank is '-1'");
    }

    @Test
    void shouldSayThatAKafkaConfigCannotBeRead() {
        assertThat(run("rounds", "--job", "x", "--kafka-config", "no-such-file"))
                .isEqualTo(1);

        assertThat(err.toString()).contains("error[bad-config]", "no-such-file");
    }

    private int run(String... args) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
