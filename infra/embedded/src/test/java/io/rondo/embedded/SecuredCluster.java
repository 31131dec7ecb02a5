package io.rondo.embedded;

import io.rondo.embedded.child.BrokerMain;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;

/**
 * Brokers that ask for a name and a password by SASL/PLAIN and go by ACLs, and a registry. The user {@code admin} may do
 * everything, others what they are given. A user's password is the name with {@code -password}. Used by one thread.
 */
public final class SecuredCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";

    private final List<ClusterDirectory> brokerDirectories = new ArrayList<>();
    private final ClusterDirectory registryDirectory;
    private final List<ChildProcess> brokers = new ArrayList<>();
    private Registry registry;
    private String address;

    private SecuredCluster(Path directory, int count) throws IOException {
        for (int number = 1; number <= count; number++) {
            brokerDirectories.add(ClusterDirectory.open(directory.resolve("broker-" + number)));
        }
        registryDirectory = ClusterDirectory.open(directory.resolve("registry"));
    }

    /** Starts one broker and a registry, and returns when they answer. */
    public static SecuredCluster start(Path directory, List<String> users) {
        return start(directory, users, 1);
    }

    /** Starts so many brokers and a registry, and returns when they answer. */
    public static SecuredCluster start(Path directory, List<String> users, int brokers) {
        try {
            SecuredCluster cluster = new SecuredCluster(directory, brokers);
            try {
                cluster.start(users);
                return cluster;
            } catch (IOException | RuntimeException e) {
                cluster.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void start(List<String> users) throws IOException, InterruptedException {
        Programs programs = Programs.find();
        registry = Registry.start(programs, registryDirectory, 0);
        List<BrokerNode> nodes = BrokerNode.of(brokerDirectories, 0);
        address = nodes.stream().map(SecuredCluster::addressOf).collect(Collectors.joining(","));
        for (int i = 0; i < nodes.size(); i++) {
            brokers.add(start(programs, brokerDirectories.get(i), nodes.get(i), users));
        }
        registry.awaitReady(new Deadline(PATIENCE));
        awaitBrokers(new Deadline(PATIENCE));
    }

    private static String addressOf(BrokerNode node) {
        return Ports.HOST + ':' + node.port();
    }

    private static ChildProcess start(
            Programs programs, ClusterDirectory brokerDirectory, BrokerNode node, List<String> users)
            throws IOException {
        String address = addressOf(node);
        Properties properties = Broker.properties(brokerDirectory, node);
        properties.setProperty(
                "listeners", "SASL://" + address + ",CONTROLLER://" + Ports.HOST + ':' + node.controllerPort());
        properties.setProperty("advertised.listeners", "SASL://" + address);
        properties.setProperty("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT");
        properties.setProperty("inter.broker.listener.name", "SASL");
        properties.setProperty("sasl.mechanism.inter.broker.protocol", "PLAIN");
        properties.setProperty("sasl.enabled.mechanisms", "PLAIN");
        properties.setProperty(
                "listener.name.sasl.plain.sasl.jaas.config",
                LOGIN + "username=\"admin\" password=\"admin-password\" user_admin=\"admin-password\" "
                        + users.stream()
                                .map(user -> "user_" + user + "=\"" + user + "-password\"")
                                .collect(Collectors.joining(" "))
                        + ';');
        properties.setProperty("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        // the brokers are their own controllers, and nobody else reaches that listener's user
        properties.setProperty("super.users", "User:admin;User:ANONYMOUS");
        Path config = brokerDirectory.path().resolve("broker.properties");
        try (Writer writer = Files.newBufferedWriter(config, StandardCharsets.UTF_8)) {
            properties.store(writer, "for tests");
        }
        return ChildProcess.start(
                Broker.NAME,
                ErrorCode.BROKER_FAILED_TO_START,
                programs.javaArguments(Broker.NAME, "256m"),
                List.of(
                        "-Dlog4j2.configurationFile=classpath:io/rondo/embedded/broker-log4j2.xml",
                        "-cp",
                        programs.brokerClasspath(),
                        BrokerMain.class.getName(),
                        brokerDirectory.lockOf(Broker.NAME).toString(),
                        config.toString(),
                        node.clusterId()),
                brokerDirectory.logOf(Broker.NAME));
    }

    private void awaitBrokers(Deadline deadline) throws InterruptedException {
        while (true) {
            try (Admin admin = as("admin").admin()) {
                if (admin.describeCluster().nodes().get().size() == brokers.size()) {
                    return;
                }
            } catch (RondoException | ExecutionException e) {
                // not yet
            }
            for (ChildProcess broker : brokers) {
                broker.requireAlive();
                deadline.require(broker);
            }
            Thread.sleep(200);
        }
    }

    /** SIGKILL to one broker, from 1; returns when it is gone. */
    public void killBroker(int number) {
        ProcessHandle process = brokers.get(number - 1).handle();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** A connection of a user. */
    public LogConnection as(String user) {
        return as(user, user + "-password");
    }

    /** A connection of somebody who knows this password. */
    public LogConnection as(String user, String password) {
        return new LogConnection(
                address,
                registry.address(),
                Map.of(
                        "security.protocol",
                        "SASL_PLAINTEXT",
                        "sasl.mechanism",
                        "PLAIN",
                        "sasl.jaas.config",
                        LOGIN + "username=\"" + user + "\" password=\"" + password + "\";"));
    }

    /** The same address without credentials. */
    public String bootstrapServers() {
        return address;
    }

    @Override
    public void close() {
        // all at once: one by one, the last would wait for those that are gone
        brokers.parallelStream().forEach(ChildProcess::close);
        if (registry != null) {
            registry.close();
        }
        brokerDirectories.forEach(ClusterDirectory::close);
        registryDirectory.close();
    }
}
