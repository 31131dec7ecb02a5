package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.check.ClusterCheck;
import io.rondo.cli.check.Finding;
import io.rondo.cli.check.Role;
import io.rondo.embedded.FreePorts;
import io.rondo.schemas.client.LogConnection;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole job on the oldest broker that docs/how-to/clusters.md names, out of the folder of jars that {@code
 * -Drondo.oldest.broker} names; {@code src/test/oldest-broker} says how to get them.
 */
@Tag("thorough")
@WithCluster
@EnabledIfSystemProperty(
        named = "rondo.oldest.broker",
        matches = ".+",
        disabledReason = "no jars of the oldest broker are given by -Drondo.oldest.broker=DIR")
class OldestBrokerIT {
    private static final String HOST = "127.0.0.1";
    private static final String JOB = "oldest";
    private static final long DEADLINE_MS = 120_000;
    private static final long PATIENCE_MS = 120_000;

    @TempDir
    private Path directory;

    @Test
    void shouldRunAndVerifyAJob(LogConnection cluster) throws Exception {
        int port = FreePorts.next();
        Path properties = properties(port, FreePorts.next());
        try (JavaProcess format = start(
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id",
                "q1Sh-9_ISia_zwGINzRvyQ",
                "--config",
                properties.toString())) {
            assertThat(format.awaitExit()).as(format.output()).isZero();
        }
        try (JavaProcess broker = start("kafka.Kafka", properties.toString())) {
            awaitPort(broker, port);
            LogConnection old = new LogConnection(HOST + ':' + port, cluster.schemaRegistry(), Map.of());

            FinishedJob.run(old, JOB, DEADLINE_MS, List.of("a", "b", "c"), directory.resolve("state"));

            VerificationReport report = Verifier.verify(old, JOB);
            assertThat(report.isSound()).as(report.toString()).isTrue();
            assertThat(report.identical()).isEqualTo(3);
            assertThat(new ClusterCheck(old, Role.OPERATOR, Optional.of(JOB)).run())
                    .noneMatch(finding -> finding.state() == Finding.State.FAIL);
        }
    }

    private static JavaProcess start(String main, String... arguments) throws IOException {
        Path tests = Path.of(OldBrokerMain.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        String jars = System.getProperty("rondo.oldest.broker") + "/*";
        List<String> all = new ArrayList<>(List.of(main));
        all.addAll(List.of(arguments));
        return JavaProcess.start(jars + File.pathSeparator + tests, OldBrokerMain.class, List.of(), all);
    }

    private Path properties(int port, int controllerPort) throws IOException {
        return Files.writeString(directory.resolve("server.properties"), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@%1$s:%3$d
                controller.listener.names=CONTROLLER
                listeners=PLAINTEXT://%1$s:%2$d,CONTROLLER://%1$s:%3$d
                advertised.listeners=PLAINTEXT://%1$s:%2$d
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
                log.dirs=%4$s
                auto.create.topics.enable=false
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=1
                group.initial.rebalance.delay.ms=0
                """.formatted(
                        HOST, port, controllerPort, directory.resolve("log")));
    }

    private static void awaitPort(JavaProcess broker, int port) throws InterruptedException {
        long giveUp = System.currentTimeMillis() + PATIENCE_MS;
        while (!isOpen(port)) {
            assertThat(broker.isAlive()).as(broker.output()).isTrue();
            assertThat(System.currentTimeMillis()).as(broker.output()).isLessThan(giveUp);
            Thread.sleep(100);
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
