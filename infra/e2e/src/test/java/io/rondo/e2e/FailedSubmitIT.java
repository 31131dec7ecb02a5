package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.Main;
import io.rondo.schemas.client.LogConnection;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused leaves nothing behind: the name is free, and the same job without the fault is taken at once. */
@WithCluster
class FailedSubmitIT {
    private static final Path BASE = Path.of("..", "..", "trainer", "nd4j", "src", "test", "resources", "peft", "bert")
            .toAbsolutePath()
            .normalize();

    @TempDir
    private Path directory;

    private final String name = "refused-" + UUID.randomUUID().toString().substring(0, 8);
    private LogConnection cluster;

    private record Outcome(int exitCode, String text) {}

    @BeforeEach
    void connect(LogConnection connection) {
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("DJL_OFFLINE", "true");
        cluster = connection;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-length=64|bad-config|the longest input is 64 tokens",
                "replication=3|broker-refused|replication",
                "target-modules=[pooler]|bad-config|'pooler'",
                "layers-to-transform=[7]|bad-config|7",
                "strategy=no-such|bad-job-file|no-such",
                "model=/no/such/model|model-not-found|/no/such/model",
            })
    void shouldLeaveNothingBehind(String setting, String code, String named) throws Exception {
        refuses(code, named, setting);

        assertThat(submit(cluster.schemaRegistry())).satisfies(this::succeeded);
    }

    @Test
    void shouldLeaveNothingBehindWhereAChunkIsLargerThanTheBrokersLimit() throws Exception {
        limitMessages(AlterConfigOp.OpType.SET);
        try {
            refuses("topic-mismatch", "max.message.bytes=100000, and a chunk of chunk-bytes=262144 needs");

            assertThat(submit(cluster.schemaRegistry(), "chunk-bytes=65536")).satisfies(this::succeeded);
        } finally {
            limitMessages(AlterConfigOp.OpType.DELETE);
        }
    }

    private void refuses(String code, String named, String... settings) throws Exception {
        Set<String> topics = topics();
        String subjects = subjects();

        Outcome refused = submit(cluster.schemaRegistry(), settings);

        assertThat(refused.text()).contains("error[" + code + "]", named, "next:");
        assertThat(refused.exitCode()).isNotZero();
        TopicNames.await(cluster, topics::equals);
        assertThat(subjects()).isEqualTo(subjects);
    }

    private void limitMessages(AlterConfigOp.OpType how) throws Exception {
        ConfigResource brokers = new ConfigResource(ConfigResource.Type.BROKER, "");
        AlterConfigOp limit = new AlterConfigOp(new ConfigEntry("message.max.bytes", "100000"), how);
        try (Admin admin = cluster.admin()) {
            admin.incrementalAlterConfigs(Map.of(brokers, List.of(limit))).all().get();
        }
    }

    /** The topics are there by the time at which the registry is needed. */
    @Test
    void shouldDeleteItsTopicsWhereTheRegistryIsAway() throws Exception {
        Set<String> topics = topics();

        Outcome refused = submit("http://127.0.0.1:1");

        assertThat(refused.text()).contains("error[registry-unreachable]");
        assertThat(refused.exitCode()).isNotZero();
        TopicNames.await(cluster, topics::equals);
        assertThat(submit(cluster.schemaRegistry())).satisfies(this::succeeded);
    }

    private void succeeded(Outcome outcome) {
        assertThat(outcome.exitCode()).as(outcome.text()).isZero();
    }

    private Outcome submit(String registry, String... settings) throws IOException {
        Path file = directory.resolve("job.yaml");
        Files.writeString(file, """
                name: %s
                model: %s
                labels: ["0", "1", "2"]
                rank: 4
                max-length: 16
                partitions: 2
                """.formatted(name, BASE));
        List<String> command = new ArrayList<>(List.of("job", "submit", file.toString()));
        Arrays.stream(settings).forEach(setting -> command.addAll(List.of("--set", setting)));
        command.addAll(List.of("--bootstrap-servers", cluster.bootstrapServers(), "--schema-registry", registry));
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text, true);
        return new Outcome(Main.run(writer, writer, command.toArray(String[]::new)), text.toString());
    }

    private Set<String> topics() throws Exception {
        try (Admin admin = cluster.admin()) {
            return Set.copyOf(admin.listTopics().names().get());
        }
    }

    private String subjects() throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(cluster.schemaRegistry() + "/subjects"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
