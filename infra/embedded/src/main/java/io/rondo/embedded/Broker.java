package io.rondo.embedded;

import io.rondo.embedded.EmbeddedSettings.Security;
import io.rondo.embedded.child.BrokerMain;
import io.rondo.schemas.error.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;

/** A broker that is controller too, its data in {@code broker}: a cluster by itself, or one of several. */
final class Broker implements AutoCloseable {
    static final String NAME = "broker";

    private static final Duration PAUSE = Duration.ofMillis(25);

    private final ChildProcess child;
    private final int port;
    private final int certificatePort;
    private final Optional<Security> security;

    private Broker(ChildProcess child, int port, int certificatePort, Optional<Security> security) {
        this.child = child;
        this.port = port;
        this.certificatePort = certificatePort;
        this.security = security;
    }

    /** Starts a cluster of one node; {@link #awaitReady} waits for it. */
    static Broker start(Programs programs, ClusterDirectory directory, int wantedPort, Optional<Security> security)
            throws IOException {
        return start(programs, directory, BrokerNode.alone(directory, wantedPort), security);
    }

    /** Starts the process; {@link #awaitReady} waits for it. */
    static Broker start(Programs programs, ClusterDirectory directory, BrokerNode node) throws IOException {
        return start(programs, directory, node, Optional.empty());
    }

    private static Broker start(
            Programs programs, ClusterDirectory directory, BrokerNode node, Optional<Security> security)
            throws IOException {
        Properties properties = properties(directory, node);
        int certificatePort = 0;
        if (security.isPresent()) {
            certificatePort = new Ports(directory).choose("certificate.port", 0);
            secure(properties, security.get(), node, certificatePort);
        }
        Path config = directory.write("broker.properties", properties);
        JavaArguments java = programs.javaArguments(NAME, "256m");
        // the first compiler alone encrypts 10 MB/s, both more than 500
        List<String> compilers = security.isPresent() ? List.of("-XX:TieredStopAtLevel=4") : List.of();
        return new Broker(
                ChildProcess.start(
                        NAME,
                        ErrorCode.BROKER_FAILED_TO_START,
                        java,
                        Stream.concat(
                                        compilers.stream(),
                                        Stream.of(
                                                "-Dlog4j2.configurationFile=classpath:io/rondo/embedded/broker-log4j2.xml",
                                                "-cp",
                                                programs.brokerClasspath(),
                                                BrokerMain.class.getName(),
                                                directory.lockOf(NAME).toString(),
                                                config.toString(),
                                                node.clusterId()))
                                .toList(),
                        directory.logOf(NAME)),
                node.port(),
                certificatePort,
                security);
    }

    private static void secure(Properties properties, Security security, BrokerNode node, int certificatePort) {
        String clients = "CLIENTS://" + Ports.HOST + ':' + node.port();
        String certificates = "CERTIFICATES://" + Ports.HOST + ':' + certificatePort;
        properties.putAll(security.broker());
        properties.setProperty(
                "listeners",
                clients + ',' + certificates + ",CONTROLLER://" + Ports.HOST + ':' + node.controllerPort());
        properties.setProperty("advertised.listeners", clients + ',' + certificates);
    }

    String bootstrapServers() {
        return Ports.HOST + ':' + port;
    }

    Optional<String> certificateServers() {
        return security.map(present -> Ports.HOST + ':' + certificatePort);
    }

    ProcessHandle handle() {
        return child.handle();
    }

    /** Waits until the port is open, so that the client need not complain, and then until the broker answers. */
    void awaitReady(Deadline deadline) throws InterruptedException {
        while (!isListening()) {
            child.requireAlive();
            deadline.require(child);
            Thread.sleep(PAUSE.toMillis());
        }
        Map<String, Object> config = new HashMap<>(security.map(Security::admin).orElse(Map.of()));
        config.put("bootstrap.servers", certificateServers().orElse(bootstrapServers()));
        config.put("reconnect.backoff.max.ms", 100);
        config.put("retry.backoff.ms", 25);
        try (Admin admin = Admin.create(config)) {
            KafkaFuture<String> answer = admin.describeCluster().clusterId();
            while (!answered(answer)) {
                child.requireAlive();
                deadline.require(child);
            }
        }
    }

    @Override
    public void close() {
        child.close();
    }

    private boolean answered(KafkaFuture<String> answer) throws InterruptedException {
        try {
            answer.get(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw child.failed("it does not answer: " + e.getCause().getMessage(), e);
        }
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static Properties properties(ClusterDirectory directory, BrokerNode node) {
        String listener = Ports.HOST + ':' + node.port();
        Map<String, Object> settings = Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", node.id()),
                Map.entry("controller.quorum.voters", node.voters()),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry(
                        "listeners",
                        "PLAINTEXT://" + listener + ",CONTROLLER://" + Ports.HOST + ':' + node.controllerPort()),
                Map.entry("advertised.listeners", "PLAINTEXT://" + listener),
                Map.entry("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
                Map.entry("log.dirs", directory.path().resolve(NAME).toString()),
                Map.entry("auto.create.topics.enable", false),
                Map.entry("default.replication.factor", node.replicas()),
                Map.entry("min.insync.replicas", node.replicasInSync()),
                // internal topics of one partition: less to make at the first start
                Map.entry("offsets.topic.replication.factor", node.replicas()),
                Map.entry("offsets.topic.num.partitions", 1),
                Map.entry("transaction.state.log.replication.factor", node.replicas()),
                Map.entry("transaction.state.log.min.isr", node.replicasInSync()),
                Map.entry("transaction.state.log.num.partitions", 1),
                Map.entry("share.coordinator.state.topic.replication.factor", node.replicas()),
                Map.entry("share.coordinator.state.topic.num.partitions", 1),
                Map.entry("share.coordinator.state.topic.min.isr", node.replicasInSync()),
                // a member that joins has nobody to wait for
                Map.entry("group.initial.rebalance.delay.ms", 0),
                // a transaction left open stalls every reader; end it soon
                Map.entry("transaction.max.timeout.ms", 60_000),
                Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", 1_000),
                Map.entry("log.cleaner.dedupe.buffer.size", 2 << 20),
                Map.entry("log.index.size.max.bytes", 1 << 20),
                // one laptop, few connections
                Map.entry("num.network.threads", 2),
                Map.entry("num.io.threads", 4),
                Map.entry("num.recovery.threads.per.data.dir", 2),
                // seconds of the start are waits for these
                Map.entry("broker.heartbeat.interval.ms", 250),
                // a broker that was killed is let in again only when its last session has ended
                Map.entry("broker.session.timeout.ms", 4_000),
                Map.entry("controller.quorum.append.linger.ms", 5));
        Properties properties = new Properties();
        settings.forEach((key, value) -> properties.setProperty(key, value.toString()));
        return properties;
    }
}
