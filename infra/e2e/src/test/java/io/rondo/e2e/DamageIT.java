package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.rondo.aggregator.TestJob;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pieces of a log are lost one after the other: each command says what is gone and where, and leaves nothing behind. */
@WithCluster
@Tag("thorough")
class DamageIT {
    private static final List<String> TRAINERS = List.of("a", "b", "c");

    @TempDir
    private Path directory;

    private final String name = "damage-" + UUID.randomUUID().toString().substring(0, 8);
    private final JobTopics topics = new JobTopics(name, TestJob.PARTITIONS, 1);
    private LogConnection connection;
    private String registry;
    private Set<String> before;

    @Test
    void shouldSayWhatIsGoneAndWriteNothing(LogConnection cluster) throws Exception {
        connection = cluster;
        registry = cluster.schemaRegistry();
        FinishedJob.run(connection, name, 600_000, TRAINERS, directory.resolve("state"));
        before = present();

        schemasAreGone();
        chunksAreGone();
        aRoundTopicIsGone();
        manifestsAreGone();
        decisionsAreGone();
        aSharedTopicIsGone();
    }

    /** A registry that knows no schema at all. */
    private void schemasAreGone() throws Exception {
        HttpServer empty = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        empty.createContext("/", exchange -> {
            byte[] answer = "{\"error_code\":40403,\"message\":\"Schema not found\"}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(404, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        empty.start();
        try {
            registry = "http://127.0.0.1:" + empty.getAddress().getPort();
            for (List<String> command : all()) {
                refuses("log-inconsistent", "unknown-schema", command);
            }
        } finally {
            empty.stop(0);
            registry = connection.schemaRegistry();
        }
    }

    private void chunksAreGone() throws Exception {
        Topic chunks = topics.round(1);
        cut(chunks, 3);

        JsonNode verified = run(1, "verify");
        JsonNode difference = verified.path("differences").get(0);
        assertThat(difference.path("round").asInt()).isEqualTo(1);
        assertThat(difference.path("topic").asText()).as("%s", verified).isEqualTo(chunks.name());
        assertThat(verified.path("identical").asInt()).isEqualTo(2);
        assertThat(run(0, "verify", "--from", "2").path("identical").asInt()).isEqualTo(1);
        assertThat(run(0, "round", "1").path("updates")).hasSize(3);
        refuses("log-inconsistent", "in round 1 is not what was counted", replayToBranch());
        refuses("log-inconsistent", "in round 1 is not what was counted", replayToFiles());
        refuses("log-incomplete", chunks.name() + "-0", archive());
    }

    private void aRoundTopicIsGone() throws Exception {
        delete(topics.round(1));

        assertThat(run(1, "verify").path("perRound").get(1).path("outcome").asText())
                .isEqualTo("not-in-log");
        assertThat(run(0, "round", "1").path("updates")).hasSize(3);
        assertThat(run(0, "similarity").path("rows")).isNotEmpty();
        refuses("log-incomplete", topics.round(1).name(), replayToBranch());
        refuses("log-incomplete", topics.round(1).name(), replayToFiles());
        refuses("log-incomplete", "round 1", archive());
    }

    private void manifestsAreGone() throws Exception {
        cut(topics.manifests(), 2);

        for (List<String> command : List.of(List.of("verify"), replayToBranch(), replayToFiles(), archive())) {
            refuses("log-incomplete", topics.manifests().name() + "-0=begins at 2", command);
        }
        assertThat(run(0, "diff", "1", "2").path("tensors")).isNotEmpty();
    }

    private void decisionsAreGone() throws Exception {
        cut(topics.decisions(), 1);

        for (List<String> command : all()) {
            // the archive may come to the manifests first, which were cut before
            String place = command.equals(archive())
                    ? "=begins at "
                    : topics.decisions().name() + "-0=begins at 1";
            refuses("log-incomplete", place, command);
        }
    }

    private void aSharedTopicIsGone() throws Exception {
        delete(topics.globalAdapter());

        for (List<String> command : all()) {
            refuses("log-incomplete", topics.globalAdapter().name(), command);
        }
    }

    private List<List<String>> all() {
        return List.of(
                List.of("verify"),
                replayToBranch(),
                replayToFiles(),
                archive(),
                List.of("export", "--round", "1", "--warm-start", "--out", at("export")),
                List.of("job", "fork", "--at", "1", "--name", name + "-fork"),
                List.of("round", "1"),
                List.of("trainers"),
                List.of("diff", "1", "2"),
                List.of("similarity"));
    }

    private List<String> replayToBranch() {
        return List.of("replay", "--branch", "other");
    }

    private List<String> replayToFiles() {
        return List.of("replay", "--out", at("replayed"));
    }

    private List<String> archive() {
        return List.of("archive", "--out", at("archive"));
    }

    private String at(String file) {
        return directory.resolve("out").resolve(file).toString();
    }

    private void refuses(String code, String place, List<String> command) throws Exception {
        JsonNode error = run(1, command.toArray(String[]::new)).path("error");

        assertThat(error.path("code").asText()).as("%s: %s", command, error).isEqualTo(code);
        assertThat(error.path("message").asText()).as("%s", command).contains(place);
        assertThat(error.path("next").asText()).as("%s", command).isNotEmpty();
        assertThat(present()).as("%s", command).isEqualTo(before);
        if (Files.exists(directory.resolve("out"))) {
            try (Stream<Path> left = Files.list(directory.resolve("out"))) {
                assertThat(left).as("%s", command).isEmpty();
            }
        }
    }

    /** The topics of this job and of all that could have been made from it. */
    private Set<String> present() throws Exception {
        try (Admin admin = connection.admin()) {
            return admin.listTopics().names().get().stream()
                    .filter(topic -> topic.contains(name))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private void cut(Topic topic, long before) throws Exception {
        try (Admin admin = connection.admin()) {
            admin.deleteRecords(Map.of(new TopicPartition(topic.name(), 0), RecordsToDelete.beforeOffset(before)))
                    .all()
                    .get();
        }
    }

    private void delete(Topic topic) throws Exception {
        TopicNames.delete(connection, List.of(topic.name()));
        before = present();
        assertThat(before).doesNotContain(topic.name());
    }

    /** Runs a command on the job; its first object is the result. */
    private JsonNode run(int status, String... command) throws IOException {
        LogConnection cluster = new LogConnection(connection.bootstrapServers(), registry, Map.of());
        return CommandLine.run(status, cluster, List.of(command), name);
    }
}
