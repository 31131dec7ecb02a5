package io.rondo.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rondo.cli.output.Console;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.ColumnChoice;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentRunnerTest {
    private static final String FILE = """
            methods: [fedsa, local]
            splits: [iid, dirichlet-0.5]
            seeds: [1, 2]
            learning-rates: [0.1, 0.2, 0.4]
            train-rows: 20
            test-rows: 6
            evaluate-every: 2
            asymmetry: [iid]
            rounds: 3
            """;

    @TempDir
    private Path out;

    private final FakeEngine engine = new FakeEngine();
    private final StringWriter result = new StringWriter();
    private final StringWriter progress = new StringWriter();

    @Test
    void shouldTuneOnTheValidationSplitAndReportEverySeed() throws IOException {
        run();

        JsonNode json = new ObjectMapper().readTree(result.toString());
        assertThat(json.get("methods")).hasSize(4).allSatisfy(line -> {
            assertThat(line.get("learningRate").asDouble()).isEqualTo(0.2);
            assertThat(line.get("lastAccuracy").asDouble()).isCloseTo(0.2, within(1e-12));
            assertThat(line.get("lastStdDev").asDouble()).isCloseTo(0, within(1e-12));
        });
        // 2 splits × 2 methods × (3 rates + 2 seeds), and 1 split × 2 starts × 2 seeds
        assertThat(files()).hasSize(24);
        assertThat(engine.closed.get()).isEqualTo(engine.opened.get()).isEqualTo(24 * 3);
        assertThat(progress.toString()).contains("[24/24]", "0 s left");
        assertThat(Files.readString(out.resolve("results.csv")))
                .startsWith("experiment,purpose,method,split,shift,")
                .contains("tiny,measurement,fedsa,dirichlet-0.5,none,0.2,2,3,2.0,")
                .contains("common-start", "own-start", "A-A0 of encoder.layer.0.attention.self.query");
        assertThat(Files.readString(out.resolve("report.html"))).contains("<svg", "fedsa", "dirichlet-0.5");
    }

    @Test
    void shouldMakeNoRunTwice() throws IOException {
        run();
        String first = result.toString();
        result.getBuffer().setLength(0);
        int opened = engine.opened.get();
        Files.delete(files().get(0));

        run();

        assertThat(result.toString()).isEqualTo(first);
        assertThat(engine.opened.get()).isEqualTo(opened + 3);
    }

    @Test
    void shouldMeasureASiteThatTakesNoPart() throws IOException {
        run(FILE + "visit-steps: 7\n");

        // the measured runs: 2 splits × 2 methods × 2 seeds
        assertThat(engine.localSteps.stream().filter(steps -> steps == 7)).hasSize(8);
        assertThat(engine.closed.get()).isEqualTo(engine.opened.get()).isEqualTo(24 * 3 + 8);
        JsonNode json = new ObjectMapper().readTree(result.toString());
        assertThat(json.get("methods"))
                .allSatisfy(
                        line -> assertThat(line.get("heldOutAfter").asDouble()).isCloseTo(0.2, within(1e-12)));
        Path data = out.resolve("data/measurement_fedsa_iid_lr0.2_seed1");
        assertThat(Files.readAllLines(data.resolve("pooled-test.jsonl")))
                .hasSize(tests(data, 1) + tests(data, 2) + tests(data, 3))
                .doesNotContainAnyElementsOf(Files.readAllLines(data.resolve("trainer-4/test.jsonl")));
        assertRefused(FILE);
    }

    private static int tests(Path data, int trainer) throws IOException {
        return Files.readAllLines(data.resolve("trainer-" + trainer + "/test.jsonl"))
                .size();
    }

    @Test
    void shouldReadResultsOfVersionsThatKnewNoSuchSite() throws IOException {
        ExperimentRun run = new ExperimentRun(
                ExperimentRun.Purpose.MEASUREMENT, "fedsa", DataSplit.of("iid").orElseThrow(), 0.2, 1);
        Files.writeString(
                out.resolve(run.id() + ".json"),
                "{\"madeFrom\":\"these settings\",\"result\":{\"elements\":2.0,\"words\":[],\"rounds\":[{\"round\":3,"
                        + "\"loss\":0.5,\"metrics\":{\"test/accuracy\":0.75},\"perTrainer\":[0.75]}],"
                        + "\"similarities\":[],\"seconds\":1.5}}");

        RunResult found = new RunStore(out).find(run, "these settings").orElseThrow();

        assertThat(found.last().test()).isEqualTo(0.75);
        assertThat(found.heldOutBefore()).isNaN();
        assertThat(found.lastFifth()).isNaN();
    }

    @Test
    void shouldRefuseResultsOfOtherDataOrSettings() throws IOException {
        Path data = Files.createDirectories(out.resolve("texts"));
        write(data, "good");
        String file = FILE + "data: " + data + "\n";
        run(file);
        int opened = engine.opened.get();

        run(file.replace("seeds: [1, 2]", "seeds: [1, 2, 3]"));

        // 2 splits × 2 methods and 2 starts of one more seed, three trainers each
        assertThat(engine.opened.get()).isEqualTo(opened + 6 * 3);
        assertRefused(file.replace("rounds: 3", "rounds: 4"));
        assertRefused(file.replace("train-rows: 20", "train-rows: 21"));
        write(data, "fine");
        assertRefused(file);
    }

    private void assertRefused(String file) {
        assertThat(catchThrowableOfType(RondoException.class, () -> run(file)))
                .returns(ErrorCode.DIRECTORY_OF_ANOTHER_JOB, RondoException::code)
                .hasMessageContaining(out.resolve("runs").toString());
    }

    private static void write(Path data, String word) throws IOException {
        StringBuilder rows = new StringBuilder("sentence\tlabel\n");
        for (int i = 0; i < 120; i++) {
            rows.append(i % 2 == 0 ? "a bad film " : "a " + word + " film ")
                    .append(i)
                    .append('\t')
                    .append(i % 2)
                    .append('\n');
        }
        Files.writeString(data.resolve("train.tsv"), rows);
        Files.writeString(data.resolve("dev.tsv"), rows);
    }

    private void run() {
        run(FILE);
    }

    private void run(String file) {
        Console console = new Console(new PrintWriter(result), new PrintWriter(progress), Console.Form.JSON);
        new ExperimentRunner(
                        ExperimentFile.parse("tiny.yaml", file), ColumnChoice.AUTOMATIC, engine, out, out, 2, console)
                .run();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(out.resolve("runs"))) {
            return files.sorted().toList();
        }
    }
}
