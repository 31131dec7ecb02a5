package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rondo.aggregator.AggregatorService;
import io.rondo.aggregator.AggregatorSettings;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.log.JobSubmitted;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundsArchived;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an aggregator does about the schemas of its version, which trainers only look up, before it serves a job. */
@WithCluster
class SchemasAtStartIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String STRING_TYPE = "avro.java.string";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path stateDirectory;

    private final String name = "schemas-" + UUID.randomUUID().toString().substring(0, 8);
    private final TestJob job =
            TestJob.create().with(spec -> spec.setName(name).setMinTrainers(1).setDeadlineMs(600_000));
    private final JobTopics topics = new JobTopics(name, TestJob.PARTITIONS, 1);
    private Registry registry;
    private LogConnection connection;
    private AggregatorService service;
    private Thread thread;

    @BeforeEach
    void connect(LogConnection cluster) throws IOException {
        registry = new Registry(cluster.schemaRegistry());
        // subjects by topic: those of this job are its own. A registry that is away is noticed at the first try
        connection = new LogConnection(
                cluster.bootstrapServers(),
                registry.address(),
                Map.of("value.subject.name.strategy", "TopicRecordNameStrategy", "max.retries", "0"));
        service = AggregatorService.create(new AggregatorSettings(connection, name, "one", stateDirectory));
        thread = new Thread(service::run, "aggregator");
    }

    @AfterEach
    void stop() throws InterruptedException {
        service.stop();
        thread.join();
        registry.close();
    }

    @Test
    void shouldBeThoseOfItsVersionInAJobOfAnOlderOne() throws Exception {
        createTopics();
        Map<Boolean, List<Subject>> subjects =
                subjects().stream().collect(Collectors.partitioningBy(subject -> canBeOlder(subject.schema())));
        // an older version has fewer fields, and fewer types
        for (Subject subject : subjects.get(true)) {
            registry.register(subject.name(), older(subject.schema()));
        }
        try (JobDriver driver = JobDriver.attach(connection, job)) {
            assertUnknown(() -> driver.join("a"));
            driver.sendBytes(topics.commands(), olderBytes(topics.commands(), job.submitted()));

            thread.start();
            assertThat(service.awaitRunning(PATIENCE)).isTrue();

            for (Subject subject : subjects()) {
                assertThat(registry.latest(subject.name()))
                        .isEqualTo(subject.schema().toString());
            }
            assertThat(registry.versions(topics.commands().name() + '-' + JobSubmitted.class.getName()))
                    .isEqualTo(2);
            driver.upload(Identifiers.SUBMITTER, "", 0, UnaryOperator.identity());
            driver.join("a");
            driver.await(RoundOpened.class, opened -> opened.getRound() == 1);
        }
    }

    @Test
    @Tag("thorough")
    void shouldNotKeepItFromServingWhereTheRegistryTakesNone() throws Exception {
        createTopics();
        // an administrator has registered them, but for a type that this job does without
        for (Subject subject : subjects()) {
            if (!subject.schema().getFullName().equals(RoundsArchived.class.getName())) {
                registry.register(subject.name(), subject.schema());
            }
        }
        registry.refuse(403, "POST", "/versions");
        try (JobDriver driver = JobDriver.attach(connection, job)) {
            driver.send(topics.commands(), job.submitted());
            driver.upload(Identifiers.SUBMITTER, "", 0, UnaryOperator.identity());

            thread.start();

            driver.awaitPublished(0);
        }
        assertThat(registry.refused.getCount()).isZero();
    }

    @Test
    @Tag("thorough")
    void shouldBeRegisteredAsSoonAsTheRegistryAnswers() throws Exception {
        JobDriver.submit(connection, job).close();
        registry.refuse(503, "", "");

        thread.start();

        assertThat(registry.refused.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(service.awaitRunning(Duration.ofSeconds(1))).isFalse();
        assertThat(thread.isAlive()).isTrue();
        registry.answer();
        assertThat(service.awaitRunning(PATIENCE)).isTrue();
    }

    @Test
    @Tag("thorough")
    void shouldNotBeWaitedForByAServiceThatIsStopped() throws Exception {
        JobDriver.submit(connection, job).close();
        registry.refuse(503, "", "");
        thread.start();
        assertThat(registry.refused.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();

        service.stop();

        thread.join(PATIENCE.toMillis());
        assertThat(thread.isAlive()).isFalse();
        assertThat(service.awaitRunning(Duration.ZERO)).isFalse();
    }

    private static void assertUnknown(Runnable write) {
        assertThatThrownBy(write::run)
                .isInstanceOfSatisfying(RondoException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(ErrorCode.SCHEMA_UNKNOWN));
    }

    private void createTopics() {
        try (Admin admin = connection.admin()) {
            connection.topicCreator(admin).ensure(topics.withRounds(0));
        }
    }

    private record Subject(String name, Schema schema) {}

    private List<Subject> subjects() throws IOException {
        List<Subject> subjects = new ArrayList<>();
        for (Topic topic : topics.withRounds(0)) {
            for (Class<? extends SpecificRecord> type : topic.records()) {
                Schema schema = SpecificData.get().getSchema(type);
                subjects.add(new Subject(topic.name() + '-' + type.getName(), portable(schema)));
            }
        }
        return subjects;
    }

    /** The schema without what generated Java classes add to it, as it is registered. */
    private static Schema portable(Schema schema) throws IOException {
        JsonNode json = JSON.readTree(schema.toString());
        json.findParents(STRING_TYPE).forEach(node -> ((ObjectNode) node).remove(STRING_TYPE));
        return new Schema.Parser().parse(json.toString());
    }

    private static boolean canBeOlder(Schema schema) {
        return schema.getFields().get(schema.getFields().size() - 1).hasDefaultValue();
    }

    /** The schema without its last field. */
    private static Schema older(Schema schema) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(schema.toString());
        ArrayNode fields = (ArrayNode) json.get("fields");
        fields.remove(fields.size() - 1);
        return new Schema.Parser().parse(json.toString());
    }

    /** The record as an older version writes it. */
    private byte[] olderBytes(Topic topic, SpecificRecord record) throws Exception {
        Schema older = older(portable(record.getSchema()));
        ByteArrayOutputStream full = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(full, null);
        new SpecificDatumWriter<SpecificRecord>(record.getSchema()).write(record, encoder);
        encoder.flush();
        GenericRecord without = new GenericDatumReader<GenericRecord>(record.getSchema(), older)
                .read(null, DecoderFactory.get().binaryDecoder(full.toByteArray(), null));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream header = new DataOutputStream(bytes);
        header.writeByte(0);
        header.writeInt(registry.register(topic.name() + '-' + older.getFullName(), older));
        encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(older).write(without, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    /** The cluster's registry behind an address that can refuse requests. */
    private static final class Registry implements AutoCloseable {
        private final String real;
        private final HttpServer server;
        private final CountDownLatch refused = new CountDownLatch(1);
        private volatile Refusal refusal;

        private record Refusal(int status, String method, String end) {}

        Registry(String real) throws IOException {
            this.real = real;
            this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", this::handle);
            server.start();
        }

        String address() {
            return "http://localhost:" + server.getAddress().getPort();
        }

        /** @param method of all requests that are refused, and {@code end} that of their paths; empty for any */
        void refuse(int status, String method, String end) {
            refusal = new Refusal(status, method, end);
        }

        void answer() {
            refusal = null;
        }

        private void handle(HttpExchange exchange) throws IOException {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String method = exchange.getRequestMethod();
            String path = exchange.getRequestURI().toString();
            Refusal refuses = refusal;
            try (exchange) {
                if (refuses != null
                        && (refuses.method().isEmpty() || refuses.method().equals(method))
                        && path.endsWith(refuses.end())) {
                    refused.countDown();
                    exchange.sendResponseHeaders(refuses.status(), -1);
                    return;
                }
                HttpResponse<byte[]> response = send(method, path, HttpRequest.BodyPublishers.ofByteArray(body));
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(response.statusCode(), response.body().length);
                exchange.getResponseBody().write(response.body());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private HttpResponse<byte[]> send(String method, String path, HttpRequest.BodyPublisher body)
                throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(real + path))
                    .header("Content-Type", "application/json")
                    .method(method, body)
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
        }

        private JsonNode ask(String method, String path, String body) throws Exception {
            HttpResponse<byte[]> response =
                    send(method, "/subjects/" + path, HttpRequest.BodyPublishers.ofString(body));
            assertThat(response.statusCode()).as("%s %s", method, path).isEqualTo(200);
            return JSON.readTree(response.body());
        }

        /** Returns the schema's id. */
        int register(String subject, Schema schema) throws Exception {
            ObjectNode body = JSON.createObjectNode().put("schema", schema.toString());
            return ask("POST", subject + "/versions", body.toString()).get("id").asInt();
        }

        String latest(String subject) throws Exception {
            return ask("GET", subject + "/versions/latest", "").get("schema").asText();
        }

        int versions(String subject) throws Exception {
            return ask("GET", subject + "/versions", "").size();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
