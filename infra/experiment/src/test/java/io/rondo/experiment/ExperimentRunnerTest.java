package io.rondo.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rondo.cli.output.Console;
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

    private void run() {
        Console console = new Console(new PrintWriter(result), new PrintWriter(progress), Console.Form.JSON);
        new ExperimentRunner(
                        ExperimentFile.parse("tiny.yaml", FILE), ColumnChoice.AUTOMATIC, engine, out, out, 2, console)
                .run();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(out.resolve("runs"))) {
            return files.sorted().toList();
        }
    }
}
