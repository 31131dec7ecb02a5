package io.rondo.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.rondo.schemas.client.LogConnection;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker that is there and does nothing for a while, as on a machine with too much to do. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("thorough")
class SlowBrokerIT {
    private static final int PAUSE_SECONDS = 20;

    @TempDir
    private Path directory;

    @Test
    void shouldWaitForABrokerThatTakesConnections() throws Exception {
        assumeThat(Path.of("/proc/self")).as("processes are stopped by signals").exists();
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        try (BreakableCluster cluster = BreakableCluster.start(directory, 1)) {
            LogConnection connection =
                    new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
            long broker = cluster.broker(1).pid();
            signal(broker, "STOP");
            ScheduledFuture<Integer> resumed =
                    later.schedule(() -> signal(broker, "CONT"), PAUSE_SECONDS, TimeUnit.SECONDS);

            try (Admin admin = connection.admin()) {
                // its nodes may be none at first: a broker that stood still may have been fenced meanwhile
                assertThat(admin.describeCluster().clusterId().get()).isNotEmpty();
                assertThat(resumed.get()).isZero();
            } finally {
                signal(broker, "CONT");
            }
        } finally {
            later.shutdownNow();
        }
    }

    private static int signal(long process, String signal) throws Exception {
        return new ProcessBuilder("kill", "-" + signal, Long.toString(process))
                .start()
                .waitFor();
    }
}
