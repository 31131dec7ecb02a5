package io.rondo.embedded;

import io.rondo.embedded.child.BrokerMain;
import io.rondo.schemas.error.ErrorCode;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;

/** The broker: one node that is controller too, its data in {@code broker}. */
final class Broker implements AutoCloseable {
    static final String NAME = "broker";

    private static final Duration PAUSE = Duration.ofMillis(25);

    private final ChildProcess child;
    private final int port;

    private Broker(ChildProcess child, int port) {
        this.child = child;
        this.port = port;
    }

    /** Starts the process; {@link #awaitReady} waits for it. */
    static Broker start(Programs programs, DataDirectory directory, int wantedPort) throws IOException {
        Ports ports = new Ports(directory);
        int port = ports.choose("broker.port", wantedPort);
        int controllerPort = ports.choose("controller.port", 0);
        String clusterId = directory.remembered("cluster.id").orElseGet(() -> Uuid.randomUuid()
                .toString());
        directory.remember("cluster.id", clusterId);

        Path config = directory.path().resolve("broker.properties");
        try (Writer writer = Files.newBufferedWriter(config, StandardCharsets.UTF_8)) {
            properties(directory, port, controllerPort).store(writer, "Written anew at every start");
        }
        JavaArguments java = programs.javaArguments(NAME, "256m");
        return new Broker(
                ChildProcess.start(
                        NAME,
                        ErrorCode.BROKER_FAILED_TO_START,
                        java,
                        List.of(
                                "-Dlog4j2.configurationFile=classpath:io/rondo/embedded/broker-log4j2.xml",
                                "-cp",
                                programs.brokerClasspath(),
                                BrokerMain.class.getName(),
                                directory.lockOf(NAME).toString(),
                                config.toString(),
                                clusterId),
                        directory.logOf(NAME)),
                port);
    }

    String bootstrapServers() {
        return Ports.HOST + ':' + port;
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
        try (Admin admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrapServers(), "reconnect.backoff.max.ms", 100, "retry.backoff.ms", 25))) {
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

    private static Properties properties(DataDirectory directory, int port, int controllerPort) {
        Map<String, Object> settings = Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", 1),
                Map.entry("controller.quorum.voters", "1@" + Ports.HOST + ':' + controllerPort),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry(
                        "listeners",
                        "PLAINTEXT://" + Ports.HOST + ':' + port + ",CONTROLLER://" + Ports.HOST + ':'
                                + controllerPort),
                Map.entry("advertised.listeners", "PLAINTEXT://" + Ports.HOST + ':' + port),
                Map.entry("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
                Map.entry("log.dirs", directory.path().resolve(NAME).toString()),
                Map.entry("auto.create.topics.enable", false),
                Map.entry("default.replication.factor", 1),
                // internal topics of one partition, one replica: less to make at the first start
                Map.entry("offsets.topic.replication.factor", 1),
                Map.entry("offsets.topic.num.partitions", 1),
                Map.entry("transaction.state.log.replication.factor", 1),
                Map.entry("transaction.state.log.min.isr", 1),
                Map.entry("transaction.state.log.num.partitions", 1),
                Map.entry("share.coordinator.state.topic.replication.factor", 1),
                Map.entry("share.coordinator.state.topic.num.partitions", 1),
                Map.entry("share.coordinator.state.topic.min.isr", 1),
                // a member that joins has nobody to wait for
                Map.entry("group.initial.rebalance.delay.ms", 0),
                // a transaction left open stalls every reader; end it soon
                Map.entry("transaction.max.timeout.ms", 60_000),
                Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", 1_000),
                // chunks of up to a megabyte and their envelope
                Map.entry("message.max.bytes", 4 << 20),
                Map.entry("log.cleaner.dedupe.buffer.size", 2 << 20),
                Map.entry("log.index.size.max.bytes", 1 << 20),
                // one laptop, few connections
                Map.entry("num.network.threads", 2),
                Map.entry("num.io.threads", 4),
                Map.entry("num.recovery.threads.per.data.dir", 2),
                // seconds of the start are waits for these
                Map.entry("broker.heartbeat.interval.ms", 250),
                Map.entry("controller.quorum.append.linger.ms", 5));
        Properties properties = new Properties();
        settings.forEach((key, value) -> properties.setProperty(key, value.toString()));
        return properties;
    }
}
