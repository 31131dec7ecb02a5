package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rondo.schemas.client.LogConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look at a log, on the log of a job that ran on a real broker. */
@WithCluster
class ReplayIT {
    private static final List<String> TRAINERS = List.of("a", "b", "c");

    @TempDir
    private Path directory;

    private final String name = "replay-" + UUID.randomUUID().toString().substring(0, 8);
    private LogConnection connection;

    @Test
    void shouldVerifyReplayLookAndFork(LogConnection cluster) throws Exception {
        connection = cluster;
        FinishedJob.run(connection, name, 60_000, TRAINERS, directory.resolve("state"));

        JsonNode verified = run(0, "verify", "--measure");
        assertThat(verified.path("rounds").asInt()).isEqualTo(3);
        assertThat(verified.path("identical").asInt()).isEqualTo(3);
        assertThat(verified.path("differences")).isEmpty();
        assertThat(verified.path("MBps").isNumber()).isTrue();
        assertThat(verified.path("rawMBps").isNumber()).isTrue();
        assertThat(verified.path("ratio").isNumber()).isTrue();

        JsonNode replayed = run(0, "replay", "--without", "b", "--branch", "without-b", "--from", "1");
        assertThat(replayed.path("rounds")).hasSize(2);
        assertThat(replayed.path("rounds").get(0).path("cohort")).hasSize(2);
        assertThat(replayed.path("rounds").get(0).path("distance").asDouble()).isPositive();
        assertThat(run(0, "verify", "--branch", "without-b").path("identical").asInt())
                .isEqualTo(3);
        assertThat(run(1, "replay", "--branch", "without-b")
                        .path("error")
                        .path("code")
                        .asText())
                .isEqualTo("branch-exists");
        assertThat(run(0, "verify").path("identical").asInt()).isEqualTo(3);

        Path files = directory.resolve("adapters");
        run(0, "replay", "--strategy", "coordinate-median", "--out", files.toString());
        assertThat(files).isDirectoryContaining("glob:**round-000002.safetensors");

        JsonNode round = run(0, "round", "2");
        assertThat(round.path("updates")).hasSize(3);
        assertThat(round.path("updates").get(0).path("norm").asDouble()).isPositive();
        assertThat(round.path("decisions").get(0).path("kind").asText()).isEqualTo("RoundOpened");
        assertThat(run(0, "trainers").path("trainers").get(1).path("tookPart")).hasSize(2);
        assertThat(run(0, "diff", "1", "1")
                        .path("tensors")
                        .get(0)
                        .path("distance")
                        .asDouble())
                .isZero();
        assertThat(run(0, "similarity").path("rows")).hasSize(4);
        assertThat(run(1, "round", "7").path("error").path("code").asText()).isEqualTo("round-not-found");

        JsonNode fork = run(0, "job", "fork", "--at", "2", "--name", name + "-2", "--rounds", "1");
        assertThat(fork.path("lineage").path("round").asInt()).isEqualTo(2);

        delete("round.000001");
        JsonNode gone = run(1, "verify");
        assertThat(gone.path("perRound").get(1).path("outcome").asText()).isEqualTo("not-in-log");
        assertThat(gone.path("differences")).isEmpty();
        assertThat(run(0, "verify", "--from", "2").path("identical").asInt()).isEqualTo(1);
        assertThat(run(1, "replay").path("error").path("code").asText()).isEqualTo("log-incomplete");

        delete("parts");
        assertThat(run(1, "verify").path("error").path("code").asText()).isEqualTo("log-incomplete");
    }

    private void delete(String topic) throws Exception {
        TopicNames.delete(connection, List.of("rondo." + name + "." + topic));
    }

    /** Runs a command on the job; its first object is the result. */
    private JsonNode run(int status, String... command) throws Exception {
        return CommandLine.run(status, connection, List.of(command), name);
    }
}
