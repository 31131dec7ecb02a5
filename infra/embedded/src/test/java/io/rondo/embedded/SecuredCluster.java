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
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * A broker that asks for a name and a password by SASL/PLAIN and goes by ACLs, and a registry. The user {@code admin} may do
 * everything, others what they are given. A user's password is the name with {@code -password}. Used by one thread.
 */
public final class SecuredCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";

    private final ClusterDirectory brokerDirectory;
    private final ClusterDirectory registryDirectory;
    private ChildProcess broker;
    private Registry registry;
    private String address;

    private SecuredCluster(Path directory) throws IOException {
        brokerDirectory = ClusterDirectory.open(directory.resolve("broker"));
        registryDirectory = ClusterDirectory.open(directory.resolve("registry"));
    }

    /** Starts both, and returns when they answer. */
    public static SecuredCluster start(Path directory, List<String> users) {
        try {
            SecuredCluster cluster = new SecuredCluster(directory);
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
        BrokerNode node = BrokerNode.alone(brokerDirectory, 0);
        address = Ports.HOST + ':' + node.port();
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
        // the broker is its own controller, and nobody else reaches that listener's user
        properties.setProperty("super.users", "User:admin;User:ANONYMOUS");
        Path config = brokerDirectory.path().resolve("broker.properties");
        try (Writer writer = Files.newBufferedWriter(config, StandardCharsets.UTF_8)) {
            properties.store(writer, "for tests");
        }
        broker = ChildProcess.start(
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
        registry.awaitReady(new Deadline(PATIENCE));
        awaitBroker(new Deadline(PATIENCE));
    }

    private void awaitBroker(Deadline deadline) throws InterruptedException {
        while (true) {
            try {
                as("admin").admin().close();
                return;
            } catch (RondoException e) {
                broker.requireAlive();
                deadline.require(broker);
                Thread.sleep(200);
            }
        }
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
        if (broker != null) {
            broker.close();
        }
        if (registry != null) {
            registry.close();
        }
        brokerDirectory.close();
        registryDirectory.close();
    }
}
