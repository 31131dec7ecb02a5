package io.rondo.e2e.containers;

import io.rondo.e2e.CommandLine;
import io.rondo.schemas.client.LogConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A federation container by container, one of whose trainers is behind a link that is cut, in each direction, or slow. */
@NeedsImages
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NetworkIT {
    private static final String JOB = "links";
    private static final String BEHIND_THE_LINK = "helpdesk";
    private static final int LINK_PORT = 19094;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Path DATA = Path.of("../compose/data");
    private static final String JOB_FILE = """
            name: links
            rounds: 100000
            local-steps: 1
            batch-size: 4
            max-length: 16
            deadline: 15s
            """;

    private final List<GenericContainer<?>> containers = new ArrayList<>();
    private final Network network = Network.newNetwork();
    private Link link;
    private KafkaContainer broker;
    private GenericContainer<?> aggregator;
    private LogConnection connection;
    private PublishedRounds rounds;

    @BeforeAll
    void start() {
        link = new Link(() -> broker.getMappedPort(LINK_PORT));
        broker = new KafkaContainer(DockerImageName.parse("apache/kafka:4.2.1"))
                .withNetwork(network)
                .withListener("broker:19092")
                .withListener("broker:" + LINK_PORT, () -> "host.docker.internal:" + link.port())
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withStartupTimeout(PATIENCE);
        broker.addExposedPort(LINK_PORT);
        broker.start();
        GenericContainer<?> registry = started(new GenericContainer<>("apicurio/apicurio-registry:3.3.3")
                .withNetwork(network)
                .withNetworkAliases("registry")
                .withExposedPorts(8080, 9000)
                .waitingFor(Wait.forHttp("/health/ready").forPort(9000).withStartupTimeout(PATIENCE)));
        connection = new LogConnection(
                broker.getBootstrapServers(),
                "http://" + registry.getHost() + ':' + registry.getMappedPort(8080) + "/apis/ccompat/v7",
                Map.of());

        started(rondo("trainer", "broker:19092", "job", "submit", "/tmp/job.yaml")
                .withCopyToContainer(Transferable.of(JOB_FILE), "/tmp/job.yaml")
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(PATIENCE)));
        aggregator = started(rondo("aggregator", "broker:19092", "aggregator", "--job", JOB));
        trainer("plant", "broker:19092");
        trainer("cinema", "broker:19092");
        trainer(BEHIND_THE_LINK, "host.docker.internal:" + link.port());
        rounds = new PublishedRounds(connection, JOB);
    }

    private void trainer(String id, String brokers) {
        started(rondo(
                        "trainer",
                        brokers,
                        "trainer",
                        "--job",
                        JOB,
                        "--trainer",
                        id,
                        "--train",
                        "/data/train.tsv",
                        "--test",
                        "/data/dev.tsv")
                .withCopyFileToContainer(MountableFile.forHostPath(DATA.resolve(id)), "/data"));
    }

    private GenericContainer<?> rondo(String image, String brokers, String... command) {
        return new GenericContainer<>(ImagesCondition.image(image))
                .withNetwork(network)
                .withExtraHost("host.docker.internal", "host-gateway")
                .withEnv("RONDO_BOOTSTRAP_SERVERS", brokers)
                .withEnv("RONDO_SCHEMA_REGISTRY", "http://registry:8080/apis/ccompat/v7")
                .withCommand(command);
    }

    private GenericContainer<?> started(GenericContainer<?> container) {
        containers.add(container);
        container.start();
        return container;
    }

    @AfterAll
    void stop() throws IOException {
        if (rounds != null) {
            rounds.close();
        }
        containers.forEach(GenericContainer::stop);
        broker.stop();
        link.close();
        network.close();
    }

    @Test
    @Order(1)
    void shouldPublishRounds() {
        rounds.awaitMoreOf(3);
    }

    static Stream<Arguments> cuts() {
        return Stream.of(
                Arguments.of(EnumSet.of(Link.Direction.TO_BROKER), 2),
                Arguments.of(EnumSet.of(Link.Direction.FROM_BROKER), 2),
                Arguments.of(EnumSet.allOf(Link.Direction.class), 2),
                Arguments.of(EnumSet.allOf(Link.Direction.class), 40));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    @Order(2)
    void shouldTakeATrainerBackAfterItsLinkWasCut(Set<Link.Direction> directions, int seconds) throws Exception {
        link.cut(directions);
        try {
            Thread.sleep(Duration.ofSeconds(seconds).toMillis());
            rounds.awaitMoreOf(2);
        } finally {
            link.heal();
        }

        rounds.awaitMoreOf(3);
    }

    @Test
    @Order(3)
    void shouldWaitForATrainerOnASlowLink() {
        link.slow(256 << 10);

        rounds.awaitMoreOf(3);
        rounds.awaitMoreOf(3);
        link.heal();
    }

    @Test
    @Order(4)
    void shouldVerify() throws Exception {
        // a log that grows while it is verified shows copies of different lengths
        aggregator
                .getDockerClient()
                .stopContainerCmd(aggregator.getContainerId())
                .exec();

        CommandLine.run(
                0,
                List.of(
                        "verify",
                        "--job",
                        JOB,
                        "--bootstrap-servers",
                        connection.bootstrapServers(),
                        "--schema-registry",
                        connection.schemaRegistry()));
    }
}
