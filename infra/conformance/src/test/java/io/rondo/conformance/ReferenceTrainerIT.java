package io.rondo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.conformance.Outcome.Verdict;
import io.rondo.conformance.reference.ReferenceProgram;
import io.rondo.conformance.scenario.Scenario;
import io.rondo.conformance.scenario.Scenarios;
import io.rondo.conformance.stage.BuiltInTasks;
import io.rondo.conformance.stage.Cluster;
import io.rondo.conformance.stage.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trainer that keeps to the contract passes every scenario. */
class ReferenceTrainerIT {
    @TempDir
    private Path directory;

    @Test
    void shouldPassEveryScenario() {
        List<Scenario> scenarios = Scenarios.all();
        String only = System.getProperty("rondo.conformance.only", "");
        if (!only.isEmpty()) {
            scenarios = scenarios.stream()
                    .filter(scenario -> List.of(only.split(",", -1)).contains(scenario.name()))
                    .toList();
        }
        try (Cluster cluster = Cluster.start(directory.resolve("cluster"))) {
            for (int run = 0; run < Integer.getInteger("rondo.conformance.runs", 1); run++) {
                Path home = directory.resolve("run-" + run);
                ConformanceReport report = new ConformanceKit(
                                cluster,
                                new Pace(Duration.ofSeconds(60), Duration.ofMillis(600)),
                                new BuiltInTasks(home),
                                home,
                                Integer.getInteger("rondo.conformance.parallel", 6))
                        .play(
                                new ReferenceProgram(),
                                scenarios,
                                outcome -> System.out.printf(
                                        "%s %s %.1f s%n",
                                        outcome.verdict(), outcome.scenario().name(), outcome.seconds()));

                assertThat(report.with(Verdict.FAIL)).as(ReportText.of(report)).isEmpty();
                assertThat(report.with(Verdict.SKIP)).isEmpty();
                System.out.println("run " + run + ": " + report.summary());
            }
        }
    }
}
