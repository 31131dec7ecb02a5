package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.log.CohortMember;
import io.rondo.log.RoundOpened;
import io.rondo.schemas.client.LogConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trainer chooses how its records are compressed; the broker expands them. */
@WithCluster
class CompressionIT {
    private static final List<String> CODECS = List.of("gzip", "lz4", "snappy", "zstd");

    @TempDir
    private Path directory;

    private final String name = "compression-" + UUID.randomUUID().toString().substring(0, 8);

    @Test
    void shouldTakeUpdatesOfEachCompression(LogConnection connection) throws InterruptedException {
        TestJob job = TestJob.create().with(spec -> spec.setName(name)
                .setRounds(1)
                .setMinTrainers(CODECS.size())
                .setQuorum("100%")
                .setDeadlineMs(60_000));
        try (JobDriver driver = JobDriver.submit(connection, job);
                JavaProcess aggregator = new Aggregators(connection, name).start("one", directory, List.of())) {
            CODECS.forEach(driver::join);
            driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
            for (String codec : CODECS) {
                LogConnection compressing = new LogConnection(
                        connection.bootstrapServers(), connection.schemaRegistry(), Map.of("compression.type", codec));
                try (JobDriver trainer = JobDriver.attach(compressing, job)) {
                    trainer.update(codec, 1);
                }
            }

            assertThat(driver.awaitPublished(1).getMembers())
                    .extracting(CohortMember::getTrainer)
                    .containsExactlyElementsOf(CODECS);
            assertThat(aggregator.isAlive()).as(aggregator.output()).isTrue();
        }
        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
    }
}
