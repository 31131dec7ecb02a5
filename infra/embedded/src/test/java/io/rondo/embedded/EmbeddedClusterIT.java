package io.rondo.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.PauseRequested;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class EmbeddedClusterIT {
    private static final JobTopics TOPICS = new JobTopics("demo", 3, 1);
    private static final String COMMANDS = TOPICS.commands().name();

    @TempDir
    Path directory;

    @Test
    void shouldKeepTheLogWhenItsProcessesAreKilled() throws Exception {
        String bootstrapServers;
        String schemaRegistry;
        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(directory))) {
            bootstrapServers = cluster.bootstrapServers();
            schemaRegistry = cluster.schemaRegistry();
            write(connection(cluster), pause("first"));

            kill(cluster.brokerProcess());
            kill(cluster.registryProcess());
        }

        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(directory))) {
            assertThat(cluster.bootstrapServers()).isEqualTo(bootstrapServers);
            assertThat(cluster.schemaRegistry()).isEqualTo(schemaRegistry);
            write(connection(cluster), pause("second"));
            assertThat(readAll(connection(cluster))).containsExactly(pause("first"), pause("second"));
        }
    }

    /** It lost the last ones at its end, once it had been up for longer than its database keeps what it has replaced. */
    @Test
    @Tag("thorough")
    void shouldKeepTheSchemasOfARegistryThatWasUpForMoreThanAMinute() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(directory))) {
            register(cluster, "early");
            Thread.sleep(Duration.ofSeconds(70).toMillis());
            register(cluster, "late");
        }

        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(directory))) {
            assertThat(registry(cluster, "/subjects", HttpRequest.Builder::GET)).contains("\"early\"", "\"late\"");
        }
    }

    @Test
    void shouldRefuseADirectoryThatIsInUseAndAPortThatIsTaken(@TempDir Path other) {
        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(directory))) {
            int taken = Integer.parseInt(cluster.bootstrapServers().replaceFirst(".*:", ""));

            assertFails(EmbeddedSettings.in(directory), ErrorCode.DIRECTORY_IN_USE, directory.toString());
            assertFails(EmbeddedSettings.in(other).withPorts(taken, 0), ErrorCode.PORT_IN_USE, "port " + taken);
        }
    }

    @Test
    @Tag("thorough")
    void shouldStartInADirectoryWhoseFormatWasCutOff() throws Exception {
        Files.createDirectories(directory.resolve("broker"));
        Files.createFile(directory.resolve("broker/bootstrap.checkpoint"));

        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(directory))) {
            write(connection(cluster), pause("first"));
            assertThat(readAll(connection(cluster))).containsExactly(pause("first"));
        }
    }

    @Test
    @Tag("thorough")
    void shouldShowTheEndOfTheLogWhenTheBrokerDoesNotStart() throws Exception {
        Files.createDirectories(directory.resolve("broker"));
        Files.writeString(directory.resolve("broker/meta.properties"), "version=99\n");

        assertThatThrownBy(() -> EmbeddedCluster.start(EmbeddedSettings.in(directory)))
                .isInstanceOfSatisfying(RondoException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.BROKER_FAILED_TO_START);
                    assertThat(e.nextStep()).contains("broker.log");
                })
                .hasMessageContaining("meta.properties");
        // and lets go of the directory
        ClusterDirectory.open(directory).close();
    }

    @Test
    @Tag("thorough")
    void shouldLeaveInterruptsOfTheTerminalToTheParent() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(directory))) {
            for (ProcessHandle child : List.of(cluster.brokerProcess(), cluster.registryProcess())) {
                new ProcessBuilder("kill", "-INT", Long.toString(child.pid()))
                        .start()
                        .waitFor();
                assertThatThrownBy(() -> child.onExit().get(2, TimeUnit.SECONDS))
                        .isInstanceOf(TimeoutException.class);
            }
            write(connection(cluster), pause("still there"));
        }
    }

    @Test
    void shouldTakeItsChildrenAlongWhenItIsKilled() throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClusterMain.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        List<ProcessHandle> children;
        try {
            assertThat(parent.inputReader().lines().anyMatch(ClusterMain.READY::equals))
                    .isTrue();
            children = parent.children().toList();
            assertThat(children).hasSize(2);
        } finally {
            parent.destroyForcibly().waitFor();
        }

        try {
            for (ProcessHandle child : children) {
                child.onExit().get(1, TimeUnit.MINUTES);
            }
        } finally {
            children.forEach(ProcessHandle::destroyForcibly);
        }
        assertThat(children).noneMatch(ProcessHandle::isAlive);
    }

    private static void assertFails(EmbeddedSettings settings, ErrorCode code, String value) {
        assertThatThrownBy(() -> EmbeddedCluster.start(settings).close())
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(value);
    }

    private static void kill(ProcessHandle process) throws Exception {
        CompletableFuture<ProcessHandle> gone = process.onExit();
        process.destroyForcibly();
        gone.get(1, TimeUnit.MINUTES);
    }

    private static void register(EmbeddedCluster cluster, String subject) throws Exception {
        String schema =
                "{\"schema\":\"{\\\"type\\\":\\\"fixed\\\",\\\"size\\\":1,\\\"name\\\":\\\"" + subject + "\\\"}\"}";
        String answer = registry(
                cluster,
                "/subjects/" + subject + "/versions",
                request -> request.POST(HttpRequest.BodyPublishers.ofString(schema)));
        assertThat(answer).contains("\"id\"");
    }

    private static String registry(EmbeddedCluster cluster, String path, UnaryOperator<HttpRequest.Builder> method)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(cluster.schemaRegistry() + path))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofMinutes(1));
        return HttpClient.newHttpClient()
                .send(method.apply(request).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static LogConnection connection(EmbeddedCluster cluster) {
        return new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
    }

    private static PauseRequested pause(String reason) {
        return new PauseRequested("00000000-0000-0000-0000-000000000001", reason, 0L, null);
    }

    private static void write(LogConnection connection, SpecificRecord record) throws Exception {
        try (Admin admin = connection.admin();
                RecordCodec codec = connection.codec(SchemaRegistration.REGISTER);
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(connection.writerConfig())) {
            connection.topicCreator(admin).ensure(TOPICS.fixed());
            connection.registrar().register(TOPICS.fixed());
            producer.send(new ProducerRecord<>(COMMANDS, codec.encode(COMMANDS, record)))
                    .get(1, TimeUnit.MINUTES);
        }
    }

    private static List<SpecificRecord> readAll(LogConnection connection) {
        List<SpecificRecord> records = new ArrayList<>();
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY);
                LogReader reader = LogReader.open(connection, Map.of(new TopicPartition(COMMANDS, 0), 0L))) {
            reader.readToEnd(entry -> records.add(codec.require(COMMANDS, entry.value(), PauseRequested.class)));
            assertThat(reader.poll(Duration.ZERO)).isEmpty();
        }
        return records;
    }
}
