package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.Main;
import io.rondo.conformance.ConformanceKit;
import io.rondo.conformance.ConformanceReport;
import io.rondo.conformance.Outcome.Verdict;
import io.rondo.conformance.ReportText;
import io.rondo.conformance.process.CommandProgram;
import io.rondo.conformance.scenario.Scenario;
import io.rondo.conformance.scenario.Scenarios;
import io.rondo.conformance.stage.BuiltInTasks;
import io.rondo.conformance.stage.Cluster;
import io.rondo.conformance.stage.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code rondo trainer} as the conformance kit sees it: a process that knows its job by its environment. It plays the
 * quick scenarios; {@code ./rondo conformance -- ./rondo trainer} plays all.
 */
@Tag("thorough")
class TrainerConformanceIT {
    @TempDir
    private Path directory;

    @Test
    void shouldKeepToTheContract() {
        List<Scenario> scenarios = Scenarios.quick();
        try (Cluster cluster = Cluster.start(directory.resolve("cluster"))) {
            Pace pace = new Pace(Duration.ofSeconds(120), Duration.ofSeconds(2));
            ConformanceReport report = new ConformanceKit(cluster, pace, new BuiltInTasks(directory), directory, 3)
                    .play(trainer(), scenarios, outcome -> {});

            assertThat(report.names(Verdict.PASS))
                    .as(ReportText.of(report))
                    .containsExactlyElementsOf(
                            scenarios.stream().map(Scenario::name).toList());
        }
    }

    private static CommandProgram trainer() {
        return new CommandProgram(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Drondo.home=" + System.getProperty("rondo.home", ""),
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "trainer"));
    }
}
