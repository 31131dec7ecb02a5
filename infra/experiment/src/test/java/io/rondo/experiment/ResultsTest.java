package io.rondo.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.output.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an experiment prints with {@code --json} stays as it was: programs read it. */
class ResultsTest {
    @Test
    void shouldPrintItsNamesInTheirOrder() throws Exception {
        Experiment experiment = ExperimentFile.parse("tiny.yaml", "methods: [fedsa]\nseeds: [1]\nrounds: 3\n");
        RunResult result = new RunResult(36_864, List.of(), List.of(round(3, 0.75)), null, List.of(), 1.5);

        assertThat(Json.MAPPER.writeValueAsString(
                        new Results(experiment, Map.of(), Map.of(run(experiment, "fedsa", 1), result), Map.of())
                                .json()))
                .isEqualTo("{\"experiment\":\"tiny\",\"seeds\":[1],\"shift\":\"none\","
                        + "\"methods\":[{\"method\":\"fedsa\",\"split\":\"iid\",\"learningRate\":0.2,"
                        + "\"elementsPerRound\":36864.0,\"lastAccuracy\":0.75,\"lastStdDev\":0.0,"
                        + "\"bestAccuracy\":0.75,\"bestStdDev\":0.0,\"sites\":0.75,\"pooled\":0.5}],"
                        + "\"differences\":[]}");
    }

    @Test
    void shouldCompareTheFirstMethodWithTheOthersInPairs() throws Exception {
        Experiment experiment = ExperimentFile.parse(
                "tiny.yaml", "methods: [fedsa, local]\nseeds: [1, 2]\nrounds: 10\nvisit-steps: 4\n");
        Map<ExperimentRun, RunResult> measured = new LinkedHashMap<>();
        measured.put(run(experiment, "fedsa", 1), visited(0.75, 0.5));
        measured.put(run(experiment, "local", 1), visited(0.5, 0.5));
        measured.put(run(experiment, "fedsa", 2), visited(1, 0.75));
        measured.put(run(experiment, "local", 2), visited(0.5, 0.5));
        Results results = new Results(experiment, Map.of(), measured, Map.of());

        assertThat(Json.MAPPER.writeValueAsString(results.json()))
                .contains(
                        "\"lastAccuracy\":0.875,",
                        "\"sites\":0.875,\"pooled\":0.5,\"heldOutBefore\":0.25,\"heldOutAfter\":0.625,"
                                + "\"changeInLastFifth\":0.25}",
                        "{\"method\":\"fedsa\",\"other\":\"local\",\"split\":\"iid\",\"measure\":\"sites\","
                                + "\"mean\":0.375,\"low\":-1.213",
                        "\"measure\":\"heldOutAfter\",\"mean\":0.125,");
        assertThat(results.text()).contains("a new site's", "+0.250");
        assertThat(ResultsCsv.of(results))
                .contains(
                        "tiny,measurement,fedsa,iid,none,0.2,2,10,36864.0,0.5,\"held-out-before/test/accuracy\",0.25",
                        "tiny,measurement,fedsa,iid,none,0.2,2,10,36864.0,0.5,\"held-out-after/test/accuracy\",0.75");
        assertThat(ExperimentReport.of(results)).contains("fedsa − local", "+0.375 [-1.213, +1.963]", "4 steps of");
    }

    private static ExperimentRun run(Experiment experiment, String method, long seed) {
        return new ExperimentRun(
                ExperimentRun.Purpose.MEASUREMENT, method, experiment.splits().get(0), 0.2, seed);
    }

    /** A run that reached so much after a quarter less in round 8, and a site that took no part. */
    private static RunResult visited(double test, double heldOut) {
        return new RunResult(
                36_864,
                List.of(),
                List.of(round(4, 0), round(8, test - 0.25), round(10, test)),
                new RunResult.Visit(Map.of(MetricNames.TEST, 0.25), Map.of(MetricNames.TEST, heldOut)),
                List.of(),
                1.5);
    }

    private static RunResult.Evaluation round(int round, double test) {
        return new RunResult.Evaluation(
                round,
                0.5,
                Map.of(MetricNames.TEST, test, MetricNames.VALIDATION, 0.5, MetricNames.POOLED, 0.5),
                List.of(test));
    }
}
