package io.rondo.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.output.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an experiment prints with {@code --json} stays as it was: programs read it. */
class ResultsTest {
    @Test
    void shouldPrintItsNamesInTheirOrder() throws Exception {
        Experiment experiment = ExperimentFile.parse("tiny.yaml", "methods: [fedsa]\nseeds: [1]\nrounds: 3\n");
        ExperimentRun run = new ExperimentRun(
                ExperimentRun.Purpose.MEASUREMENT, "fedsa", experiment.splits().get(0), 0.2, 1);
        RunResult result = new RunResult(
                36_864,
                List.of(),
                List.of(new RunResult.Evaluation(
                        3, 0.5, Map.of(MetricNames.TEST, 0.75, MetricNames.VALIDATION, 0.5), List.of(0.75))),
                List.of(),
                1.5);

        assertThat(Json.MAPPER.writeValueAsString(
                        new Results(experiment, Map.of(), Map.of(run, result), Map.of()).json()))
                .isEqualTo("{\"experiment\":\"tiny\",\"seeds\":[1],\"shift\":\"none\","
                        + "\"methods\":[{\"method\":\"fedsa\",\"split\":\"iid\",\"learningRate\":0.2,"
                        + "\"elementsPerRound\":36864.0,\"lastAccuracy\":0.75,\"lastStdDev\":0.0,"
                        + "\"bestAccuracy\":0.75,\"bestStdDev\":0.0}]}");
    }
}
