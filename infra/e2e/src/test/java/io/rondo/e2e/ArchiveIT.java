package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.archive.Archive;
import io.rondo.aggregator.archive.JobRestorer;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.Main;
import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundOpened;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job is archived from one cluster and put back into another, by the commands. */
@WithCluster
class ArchiveIT {
    private static final List<String> TRAINERS = List.of("a", "b", "c");

    @TempDir
    private Path directory;

    private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
    private final TestJob job = TestJob.create().with(spec -> spec.setName(name).setDeadlineMs(60_000));
    private final JobTopics topics = new JobTopics(name, TestJob.PARTITIONS, 1);

    @Test
    void shouldPutAJobIntoFilesAndIntoAnotherCluster(LogConnection cluster) throws Exception {
        runJob(cluster);
        String archive = directory.resolve("archive").toString();

        JsonNode written = run(
                "archive",
                "--job",
                name,
                "--bootstrap-servers",
                cluster.bootstrapServers(),
                "--schema-registry",
                cluster.schemaRegistry(),
                "--out",
                archive,
                "--json");
        JsonNode verified = run("verify", "--archive", archive, "--json");

        assertThat(written.path("identical").asInt()).isEqualTo(3);
        assertThat(verified.path("identical").asInt()).isEqualTo(3);
        assertThat(verified.path("sound").asBoolean()).isTrue();
        try (EmbeddedCluster other = EmbeddedCluster.start(EmbeddedSettings.in(directory.resolve("other")))) {
            LogConnection restored = new LogConnection(other.bootstrapServers(), other.schemaRegistry(), Map.of());
            // takes an id, so that the archive's schemas cannot all have theirs
            int taken = idOfTheJobsSchema(cluster);
            restored.schemaTransfer()
                    .register("other", SchemaBuilder.record("Other").fields().endRecord(), taken);
            restore(restored, archive, taken);
            refusesToRestoreAgain(restored, archive);
            assertThat(Verifier.verify(restored, name).isSound()).isTrue();
            assertThat(stamped(restored)).isEqualTo(stamped(cluster));
            for (Topic topic : topicsWithRounds()) {
                for (int partition = 0; partition < topic.partitions(); partition++) {
                    TopicPartition source = new TopicPartition(topic.name(), partition);
                    assertThat(records(restored, source)).as(source.toString()).isEqualTo(records(cluster, source));
                }
            }
        }
        tellsTheSameAsTheCluster(cluster, archive);
        deletesWhatIsArchived(cluster);
    }

    @Test
    @Tag("thorough")
    void shouldTakeFromARunningJobWhatItsRetentionNoLongerKeeps(LogConnection cluster) throws Exception {
        TestJob keeping =
                job.with(spec -> spec.setRounds(5).setRetention("2 rounds").setDeadlineMs(600_000));
        AggregatorService service =
                AggregatorService.create(new AggregatorSettings(cluster, name, "one", directory.resolve("state")));
        Thread thread = new Thread(service::run, "aggregator");
        thread.start();
        try (JobDriver driver = JobDriver.submit(cluster, keeping)) {
            TRAINERS.forEach(driver::join);
            driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
            JsonNode early = run(0, due(cluster, "early"));
            runRounds(driver, 1, 3);
            driver.await(RoundOpened.class, opened -> opened.getRound() == 4);
            driver.update("a", 4);

            JsonNode taken = run(0, due(cluster, "taken"));
            JsonNode again = run(0, due(cluster, "again"));
            driver.update("b", 4);
            driver.update("c", 4);
            runRounds(driver, 5, 5);
            driver.await(JobFinished.class, finished -> true);

            assertThat(early.path("due").asBoolean(true)).isFalse();
            assertThat(taken.path("deleted")).hasSize(2);
            assertThat(taken.path("from").asInt()).isZero();
            assertThat(taken.path("to").asInt()).isEqualTo(1);
            assertThat(again.path("due").asBoolean(true)).isFalse();
            assertThat(directory).isDirectoryNotContaining("glob:**/{early,again}");
        } finally {
            service.stop();
            thread.join();
        }
        VerificationReport left = Verifier.verify(cluster, name);
        assertThat(left.isSound()).as("%s", left.differences()).isTrue();
        assertThat(left.archived()).isEqualTo(2);
        assertThat(left.identical()).isEqualTo(4);
        assertThat(run("verify", "--archive", at("taken"), "--json")
                        .path("identical")
                        .asInt())
                .isEqualTo(2);
    }

    private static void runRounds(JobDriver driver, int first, int last) {
        for (int round = first; round <= last; round++) {
            int opening = round;
            driver.await(RoundOpened.class, opened -> opened.getRound() == opening);
            TRAINERS.forEach(trainer -> driver.update(trainer, opening));
            driver.awaitPublished(round);
        }
    }

    private List<String> due(LogConnection cluster, String out) {
        return with(
                onCluster(List.of("archive", "--due", "--delete", "--json"), cluster), "--job", name, "--out", at(out));
    }

    private void tellsTheSameAsTheCluster(LogConnection cluster, String archive) throws Exception {
        for (List<String> command : List.of(
                List.of("rounds"),
                List.of("round", "1"),
                List.of("trainers"),
                List.of("diff", "1", "2"),
                List.of("similarity"),
                List.of("replay", "--without", "b"))) {
            assertThat(run(0, with(command, "--archive", archive, "--json")))
                    .as("%s", command)
                    .isEqualTo(run(0, with(onCluster(command, cluster), "--job", name, "--json")));
        }
    }

    private String at(String file) {
        return directory.resolve(file).toString();
    }

    private static List<String> onCluster(List<String> command, LogConnection cluster) {
        return with(
                command,
                "--bootstrap-servers",
                cluster.bootstrapServers(),
                "--schema-registry",
                cluster.schemaRegistry());
    }

    private static List<String> with(List<String> command, String... more) {
        return Stream.concat(command.stream(), Stream.of(more)).toList();
    }

    private void deletesWhatIsArchived(LogConnection cluster) throws Exception {
        String second = directory.resolve("second").toString();

        JsonNode written = run(
                "archive",
                "--job",
                name,
                "--rounds",
                "1..2",
                "--out",
                second,
                "--delete",
                "--bootstrap-servers",
                cluster.bootstrapServers(),
                "--schema-registry",
                cluster.schemaRegistry(),
                "--json");
        VerificationReport left = Verifier.verify(cluster, name);

        assertThat(written.path("deleted")).hasSize(2);
        assertThat(left.isSound()).as("%s", left.differences()).isTrue();
        assertThat(left.identical()).isEqualTo(1);
        assertThat(left.archived()).isEqualTo(2);
        assertThat(left.notes())
                .anyMatch(note -> note.contains(written.path("sha256").asText()));
        assertThat(run("verify", "--archive", second, "--json")
                        .path("identical")
                        .asInt())
                .isEqualTo(2);
    }

    private void runJob(LogConnection cluster) throws InterruptedException {
        AggregatorService service =
                AggregatorService.create(new AggregatorSettings(cluster, name, "one", directory.resolve("state")));
        Thread thread = new Thread(service::run, "aggregator");
        thread.start();
        try (JobDriver driver = JobDriver.submit(cluster, job)) {
            TRAINERS.forEach(driver::join);
            driver.sendBytes(topics.manifests(), new byte[] {1, 2, 3});
            for (int round = 1; round <= 2; round++) {
                int opening = round;
                driver.await(RoundOpened.class, opened -> opened.getRound() == opening);
                TRAINERS.forEach(trainer -> driver.update(trainer, opening));
                driver.update("a", round);
                driver.awaitPublished(round);
            }
            driver.await(JobFinished.class, finished -> true);
        } finally {
            service.stop();
            thread.join();
        }
    }

    private int idOfTheJobsSchema(LogConnection cluster) {
        List<Integer> ids = new ArrayList<>();
        TopicPartition commands = new TopicPartition(topics.commands().name(), 0);
        try (LogReader reader = LogReader.open(cluster, Map.of(commands, 0L))) {
            reader.readToEnd(record -> ids.add(ByteBuffer.wrap(record.value()).getInt(1)));
        }
        return ids.get(0);
    }

    private void restore(LogConnection restored, String archive, int taken) throws Exception {
        JsonNode result = run(
                "restore",
                "--archive",
                archive,
                "--bootstrap-servers",
                restored.bootstrapServers(),
                "--schema-registry",
                restored.schemaRegistry(),
                "--json");
        assertThat(result.path("rewrittenIds").path(Integer.toString(taken)).asInt())
                .isPositive()
                .isNotEqualTo(taken);
        assertThat(result.path("topics").asInt()).isEqualTo(topicsWithRounds().size());
    }

    private static void refusesToRestoreAgain(LogConnection restored, String archive) {
        JobRestorer again = new JobRestorer(restored, Archive.open(Path.of(archive), RoundRange.ALL), bytes -> {});
        assertThatThrownBy(again::restore)
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.JOB_EXISTS, RondoException::code);
    }

    private List<Topic> topicsWithRounds() {
        return Stream.concat(
                        topics.fixed().stream(), IntStream.rangeClosed(0, 2).mapToObj(topics::round))
                .toList();
    }

    private String stamped(LogConnection connection) throws Exception {
        List<String> types = new ArrayList<>();
        try (Admin admin = connection.admin()) {
            for (Topic topic : topics.fixed()) {
                ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
                types.add(topic.name()
                        + '='
                        + admin.describeConfigs(List.of(resource))
                                .all()
                                .get()
                                .get(resource)
                                .get("message.timestamp.type")
                                .value());
            }
        }
        return types.toString();
    }

    /** All that a record is, but for the id of its schema, which another registry may have to choose anew. */
    private static List<String> records(LogConnection connection, TopicPartition source) {
        List<String> all = new ArrayList<>();
        boolean isDeadLetter = source.topic().endsWith(".dead-letters");
        try (LogReader reader = LogReader.open(connection, Map.of(source, 0L))) {
            reader.readToEnd(record -> all.add(record.offset() + " " + record.timestamp() + " "
                    + Arrays.toString(record.key()) + " " + record.headers() + " "
                    + (isDeadLetter ? record.value().length : body(record.value()))));
        }
        return all;
    }

    private static String body(byte[] value) {
        return Arrays.toString(value.length > 5 ? Arrays.copyOfRange(value, 5, value.length) : value);
    }

    private static JsonNode run(String... arguments) throws Exception {
        return run(0, List.of(arguments));
    }

    private static JsonNode run(int expected, List<String> arguments) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
        assertThat(status).as("%s: %s%s", arguments, out, err).isEqualTo(expected);
        return new ObjectMapper().readTree(out.toString());
    }
}
