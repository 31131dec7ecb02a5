package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.job.JobFile;
import io.rondo.cli.job.JobSubmitter;
import io.rondo.embedded.BreakableCluster;
import io.rondo.schemas.client.LogConnection;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What SIGTERM does while there is nobody whom a process could tell that it leaves. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
@Tag("thorough")
class StopIT {
    private static final String JOB = "stop";
    private static final int ROUNDS = 8;
    /** What a shell says of a process that SIGTERM ended. */
    private static final int TERMINATED = 128 + 15;

    @TempDir
    private Path directory;

    @Test
    void shouldEndATrainerWhoseBrokersAreAwayAndLoseNothing() throws InterruptedException {
        try (BreakableCluster cluster = BreakableCluster.start(directory.resolve("cluster"), 1)) {
            LogConnection connection =
                    new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
            new JobSubmitter(connection, new PocketTrainerFactory(), directory)
                    .submit(JobFile.of(List.of(
                            "name=" + JOB,
                            "rank=4",
                            "rounds=" + ROUNDS,
                            "local-steps=5",
                            "batch-size=8",
                            "learning-rate=0.5",
                            "labels=[no, yes]",
                            "partitions=3",
                            "chunk-bytes=64",
                            "quorum=100%",
                            "min-trainers=1")));
            try (JavaProcess aggregator =
                    new Aggregators(connection, JOB).start("one", directory.resolve("aggregator"))) {
                try (JavaProcess trainer = trainer(connection)) {
                    trainer.awaitOutput("trained 2");
                    cluster.killBroker(1);
                    trainer.signal("TERM");

                    assertThat(trainer.awaitExit()).as(trainer.output()).isEqualTo(TERMINATED);
                }
                cluster.startBroker(1);
                cluster.awaitBroker(1);
                try (JavaProcess again = trainer(connection)) {
                    again.awaitOutput("finished " + ROUNDS);
                    assertThat(again.awaitExit()).as(again.output()).isZero();
                }
                assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
            }
            assertThat(Verifier.verify(connection, JOB).identical()).isEqualTo(ROUNDS + 1);
        }
    }

    private JavaProcess trainer(LogConnection connection) {
        return JavaProcess.start(
                TrainerMain.class,
                List.of("-Drondo.stop.seconds=5"),
                List.of(
                        connection.bootstrapServers(),
                        connection.schemaRegistry(),
                        JOB,
                        "a",
                        directory.resolve("a").toString(),
                        PocketFederation.writeData(directory, "a").toString()));
    }
}
