package io.rondo.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Helm makes of the chart, where Helm is installed. */
class ChartTest {
    private static final String KUBERNETES = "1.33.0";

    private static final String VALUES = """
            kafka:
              bootstrapServers: rondo-kafka-bootstrap:9093
              schemaRegistry: http://registry:8081
              configSecret: aggregator
            job:
              name: demo
              file: |
                model: all-MiniLM-L6-v2
                rounds: 10
            trainers:
              - {name: site-a, dataClaim: site-a, train: /data/train.tsv, test: /data/dev.tsv, configSecret: site-a}
              - {name: site-b, dataClaim: site-b, train: /data/train.tsv, test: /data/dev.tsv, args: [--threads, "2"]}
            podMonitor: {enabled: true}
            """;

    @TempDir
    Path directory;

    @BeforeEach
    void needsHelm() {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "helm"))),
                "helm is not installed: the chart is not rendered");
    }

    @Test
    void shouldPassHelmsOwnCheck() throws Exception {
        assertThat(helm("lint", "--strict", "--kube-version", KUBERNETES, "rondo", "--values", values(VALUES))
                        .exit())
                .isZero();
    }

    @Test
    void shouldFitTheTypesOfTheApi() throws Exception {
        List<JsonNode> resources = rendered(VALUES);

        assertThat(resources)
                .extracting(resource -> resource.path("kind").asText() + "/"
                        + resource.at("/metadata/name").asText().replaceAll("-[0-9a-f]{8}$", ""))
                .containsExactlyInAnyOrder(
                        "Service/fed-aggregator",
                        "StatefulSet/fed-aggregator",
                        "PersistentVolumeClaim/fed-site-a",
                        "Deployment/fed-site-a",
                        "PersistentVolumeClaim/fed-site-b",
                        "Deployment/fed-site-b",
                        "ConfigMap/fed-submit",
                        "Job/fed-submit",
                        "NetworkPolicy/fed",
                        "PodMonitor/fed");
    }

    @Test
    void shouldRunEveryPodWithFewRights() throws Exception {
        for (JsonNode resource : rendered(VALUES)) {
            JsonNode pod = resource.at("/spec/template/spec");
            if (!pod.isMissingNode()) {
                JsonNode container = pod.at("/containers/0");
                assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
                assertThat(pod.at("/automountServiceAccountToken").asBoolean(true))
                        .isFalse();
                assertThat(container
                                .at("/securityContext/readOnlyRootFilesystem")
                                .asBoolean())
                        .isTrue();
                assertThat(container.at("/securityContext/capabilities/drop/0").asText())
                        .isEqualTo("ALL");
                assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
            }
        }
    }

    @Test
    void shouldGiveATrainerItsOwnCredentialsAndNeverTwoProcesses() throws Exception {
        JsonNode trainer = rendered(VALUES).stream()
                .filter(resource -> resource.path("kind").asText().equals("Deployment")
                        && resource.at("/metadata/name").asText().equals("fed-site-a"))
                .findFirst()
                .orElseThrow();

        assertThat(trainer.at("/spec/strategy/type").asText()).isEqualTo("Recreate");
        assertThat(trainer.at("/spec/template/spec/volumes").toString())
                .contains("{\"name\":\"client\",\"secret\":{\"secretName\":\"site-a\",\"defaultMode\":288}}");
    }

    @Test
    void shouldSubmitAsTheOperatorAndServeAsTheAggregator() throws Exception {
        List<JsonNode> resources = rendered(VALUES.replace("file: |", "configSecret: operator\n  file: |"));

        assertThat(secretOf("StatefulSet", resources)).isEqualTo("aggregator");
        assertThat(secretOf("Job", resources)).isEqualTo("operator");
        assertThat(secretOf("Job", rendered(VALUES))).isEqualTo("aggregator");
    }

    private static String secretOf(String kind, List<JsonNode> resources) {
        return resources.stream()
                .filter(resource -> resource.path("kind").asText().equals(kind))
                .map(resource -> resource.at("/spec/template/spec/volumes"))
                .flatMap(volumes -> StreamSupport.stream(volumes.spliterator(), false))
                .map(volume -> volume.at("/secret/secretName"))
                .filter(name -> !name.isMissingNode())
                .map(JsonNode::asText)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldSayWhichValueIsMissing() throws Exception {
        Answer answer = helm("template", "fed", "rondo", "--kube-version", KUBERNETES);

        assertThat(answer.exit()).isNotZero();
        assertThat(answer.output()).containsPattern("(kafka.bootstrapServers|kafka.schemaRegistry|job.name) is empty");
    }

    private List<JsonNode> rendered(String values) throws Exception {
        Answer answer = helm("template", "fed", "rondo", "--kube-version", KUBERNETES, "--values", values(values));
        assertThat(answer.exit()).as(answer.output()).isZero();
        return Resources.checked(answer.output());
    }

    private String values(String text) throws IOException {
        return Files.writeString(directory.resolve("values.yaml"), text).toString();
    }

    private Answer helm(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("helm"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HELM_CACHE_HOME", directory.toString());
        builder.environment().put("HELM_CONFIG_HOME", directory.toString());
        builder.environment().put("HELM_DATA_HOME", directory.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), output);
    }

    private record Answer(int exit, String output) {}
}
