package io.rondo.e2e.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.e2e.MonitoringQueries;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files beside compose.yaml. */
@NeedsImages
@Tag("long")
class VariantsIT {
    @Test
    void shouldOutliveEachOfThreeBrokers(@TempDir Path directory) throws Exception {
        try (ComposeStack stack = new ComposeStack(directory, "compose.yaml", "compose.three-brokers.yaml")) {
            stack.start();
            try (PublishedRounds rounds = new PublishedRounds(stack.connection(), ComposeStack.JOB)) {
                rounds.awaitMoreOf(3);
                for (String broker : new String[] {"broker", "broker-2", "broker-3"}) {
                    stack.engine().killMainProcess(broker);

                    rounds.awaitMore(2);
                    stack.await(broker + " is healthy", () -> stack.engine().isHealthy(broker));
                }
                rounds.awaitMoreOf(3);
                stack.awaitHealth();
            }
        }
    }

    /** Every process is a target that answers, every rule is loaded, and what the dashboard asks for is there. */
    @Test
    void shouldBeWatchedByPrometheus(@TempDir Path directory) throws Exception {
        try (ComposeStack stack = new ComposeStack(directory, "compose.yaml", "compose.monitoring.yaml")) {
            stack.start();
            try (PublishedRounds rounds = new PublishedRounds(stack.connection(), ComposeStack.JOB)) {
                rounds.awaitMoreOf(3);
                stack.awaitHealth();
                Prometheus prometheus = new Prometheus(stack.prometheusPort());

                stack.await("every target answers", () -> prometheus.targetsThatAnswer() == 4);
                assertThat(prometheus.alerts()).hasSameSizeAs(MonitoringQueries.ofAlerts());
                stack.await(
                        "two scrapes lie within a rate",
                        () -> prometheus.hasAnswer("rate(rondo_updates_accepted_total[5m])"));
                for (List<String> queries : MonitoringQueries.ofDashboard().values()) {
                    for (String query : queries) {
                        // what has not happened has no series yet
                        if (!query.matches(".*(rejected|revoked|refused)_total.*")) {
                            assertThat(prometheus.hasAnswer(query)).as(query).isTrue();
                        }
                    }
                }
            }
        }
    }

    @Test
    void shouldRunTrainersInPython(@TempDir Path directory) throws Exception {
        try (ComposeStack stack = new ComposeStack(directory, "compose.yaml", "compose.python-trainer.yaml")) {
            stack.start();
            try (PublishedRounds rounds = new PublishedRounds(stack.connection(), ComposeStack.JOB)) {
                rounds.awaitMoreOf(3);
                stack.awaitHealth();

                stack.engine().killMainProcess("plant");

                stack.await("plant is started again", () -> stack.engine().restarts("plant") > 0);
                rounds.awaitMoreOf(3);
            }
        }
    }
}
