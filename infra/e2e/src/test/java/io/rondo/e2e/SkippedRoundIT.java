package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.client.LogConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at a log in which a round has no adapter, since nobody answered it. */
@WithCluster
@Tag("thorough")
class SkippedRoundIT {
    private static final List<String> TRAINERS = List.of("a", "b", "c");
    private static final int SKIPPED = 2;

    @TempDir
    private Path directory;

    private final String name = "skip-" + UUID.randomUUID().toString().substring(0, 8);
    private LogConnection connection;

    @Test
    void shouldPassOverARoundThatWasSkipped(LogConnection cluster) throws Exception {
        connection = cluster;
        skipTheSecondOfThreeRounds();

        JsonNode verified = run(0, "verify");
        assertThat(verified.path("identical").asInt()).as("%s", verified).isEqualTo(3);
        assertThat(verified.path("differences")).isEmpty();
        assertThat(run(0, "round", "2").path("decisions")).isNotEmpty();
        assertThat(run(0, "trainers").path("trainers").get(0).path("tookPart"))
                .extracting(JsonNode::asInt)
                .containsExactly(1, 3);
        assertThat(run(0, "diff", "1", "3").path("tensors")).isNotEmpty();
        assertThat(run(0, "similarity").path("rows"))
                .extracting(row -> row.path("round").asInt())
                .contains(1, 3)
                .doesNotContain(SKIPPED);
        assertThat(run(0, "replay", "--from", "1").path("skipped"))
                .extracting(JsonNode::asInt)
                .containsExactly(SKIPPED);
        assertThat(run(0, "job", "fork", "--at", "3", "--name", name + "-3")
                        .path("lineage")
                        .path("round")
                        .asInt())
                .isEqualTo(3);

        for (List<String> command : List.of(
                List.of("diff", "1", "2"),
                List.of("job", "fork", "--at", "2", "--name", name + "-2"),
                List.of("export", "--round", "2", "--warm-start", "--out", at("export")))) {
            JsonNode error = run(1, command.toArray(String[]::new)).path("error");
            assertThat(error.path("code").asText()).as("%s", error).isEqualTo("round-not-found");
            assertThat(error.path("message").asText()).contains("round 2");
        }

        run(0, "archive", "--out", at("archive"));
        assertThat(Path.of(at("archive"))).isNotEmptyDirectory();
    }

    private void skipTheSecondOfThreeRounds() throws InterruptedException {
        TestJob job = TestJob.create().with(spec -> spec.setName(name)
                .setRounds(3)
                .setQuorum("100%")
                .setWithoutQuorum("skip")
                .setDeadlineMs(30_000));
        AggregatorService service =
                AggregatorService.create(new AggregatorSettings(connection, name, "one", directory.resolve("state")));
        Thread thread = new Thread(service::run, "aggregator");
        thread.start();
        try (JobDriver driver = JobDriver.submit(connection, job)) {
            TRAINERS.forEach(driver::join);
            answer(driver, 1, 0);
            driver.await(RoundOpened.class, opened -> opened.getRound() == SKIPPED);
            answer(driver, 3, 1);
            driver.await(JobFinished.class, finished -> true);
        } finally {
            service.stop();
            thread.join();
        }
    }

    private static void answer(JobDriver driver, int round, int baseRound) {
        driver.await(RoundOpened.class, opened -> opened.getRound() == round);
        for (String trainer : TRAINERS) {
            UpdateManifest manifest = driver.uploadChunks(trainer, "i-" + trainer, round, UnaryOperator.identity());
            driver.send(
                    driver.topics().manifests(),
                    UpdateManifest.newBuilder(manifest).setBaseRound(baseRound).build());
        }
    }

    private String at(String file) {
        return directory.resolve(file).toString();
    }

    /** Runs a command on the job; its first object is the result. */
    private JsonNode run(int status, String... command) throws IOException {
        return CommandLine.run(status, connection, List.of(command), name);
    }
}
