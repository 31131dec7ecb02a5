package io.rondo.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rondo.log.PauseRequested;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that fails on purpose. */
class HttpSchemaRegistryTest {
    private static final String TOPIC = "rondo.demo.commands";
    private static final PauseRequested RECORD = new PauseRequested("u", "r", 1L, null);
    private static final byte[] OF_ID_9 = {0, 0, 0, 0, 9, 2, 'u', 2, 'r', 2, 0};

    /** What the server says to the n-th request; a null body hangs. */
    private record Reply(int status, String body) {}

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile IntFunction<Reply> script = n -> new Reply(500, "");
    private volatile Function<String, Reply> byPath = path -> null;
    private volatile boolean compresses;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        done.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void shouldAskOnceForASchemaAndRegisterItWithoutJavaProperties() {
        script = n -> new Reply(200, "{\"id\":9}");

        try (RecordCodec codec = codec(Map.of())) {
            assertThat(codec.encode(TOPIC, RECORD)).isEqualTo(OF_ID_9);
            assertThat(codec.encode(TOPIC, RECORD)).isEqualTo(OF_ID_9);
            assertThat(codec.decode(TOPIC, OF_ID_9)).isEqualTo(new Decoded.Readable(RECORD));
        }

        assertThat(requests).singleElement().satisfies(request -> assertThat(request)
                .startsWith("POST /subjects/io.rondo.log.PauseRequested/versions")
                .doesNotContain("avro.java.string"));
    }

    @Test
    void shouldImportASchemaUnderItsOldIdAndPutTheModeBack() {
        script = n -> n == 1
                ? new Reply(404, "{\"error_code\":40403}")
                : n == 2 ? new Reply(200, "{\"mode\":\"READONLY\"}") : new Reply(200, "{\"id\":9}");

        assertThat(transfer().register(TOPIC, PauseRequested.getClassSchema(), 9))
                .isEqualTo(9);
        assertThat(requests)
                .extracting(request -> request.substring(0, request.indexOf(" null ")))
                .startsWith(
                        "GET /schemas/ids/9",
                        "GET /mode/io.rondo.log.PauseRequested",
                        "PUT /mode/io.rondo.log.PauseRequested",
                        "POST /subjects/io.rondo.log.PauseRequested/versions",
                        "PUT /mode/io.rondo.log.PauseRequested");
        assertThat(requests.get(2)).contains("IMPORT");
        assertThat(requests.get(3)).contains("\"id\":9");
        assertThat(requests.get(4)).contains("READONLY");
    }

    @Test
    void shouldTakeAModeAwayThatTheSubjectDidNotHave() {
        script = n -> n <= 2 ? new Reply(404, "{\"error_code\":40403}") : new Reply(200, "{\"id\":9}");

        transfer().register(TOPIC, PauseRequested.getClassSchema(), 9);

        assertThat(requests.get(4)).startsWith("DELETE /mode/io.rondo.log.PauseRequested");
    }

    @Test
    void shouldLeaveARecordWithARefusedIdToItsWriter() {
        script = n -> n == 2
                ? new Reply(403, "{\"error_code\":40301,\"message\":\"not for you\"}")
                : new Reply(200, schemaOf(PauseRequested.getClassSchema()));
        byte[] foreign = {0, 0, 0, 0, 7, 1, 2};

        try (RecordCodec codec = codec(Map.of())) {
            assertThat(codec.decode(TOPIC, OF_ID_9)).isEqualTo(new Decoded.Readable(RECORD));
            assertThat(codec.decode(TOPIC, foreign))
                    .isInstanceOfSatisfying(Decoded.Unreadable.class, unreadable -> assertThat(unreadable.reason())
                            .isEqualTo(RejectionReason.UNKNOWN_SCHEMA));
            assertThat(requests).hasSize(3);
            assertThat(codec.decode(TOPIC, OF_ID_9)).isEqualTo(new Decoded.Readable(RECORD));
        }
    }

    @Test
    void shouldNotBlameARecordForCredentialsThatAreRefusedAltogether() {
        script = n -> n == 1
                ? new Reply(200, schemaOf(PauseRequested.getClassSchema()))
                : new Reply(403, "{\"error_code\":40301}");
        byte[] other = {0, 0, 0, 0, 7, 1, 2};

        try (RecordCodec codec = codec(Map.of())) {
            codec.decode(TOPIC, OF_ID_9);
            assertThatThrownBy(() -> codec.decode(TOPIC, other))
                    .isInstanceOfSatisfying(
                            RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REGISTRY_REFUSED));
        }
    }

    /** 409: another process was first, at the same moment. */
    @ParameterizedTest
    @ValueSource(ints = {403, 409})
    void shouldRegisterNothingWhereTheRegistryHasIt(int status) {
        script = n -> n % 3 == 1
                ? new Reply(status, "{\"error_code\":" + status + "}")
                : n % 3 == 2
                        ? new Reply(200, "{\"id\":9}")
                        : new Reply(200, "{\"compatibilityLevel\":\"FULL_TRANSITIVE\"}");

        SchemaRegistrar.of(Map.of("schema.registry.url", address()))
                .register(List.of(new JobTopics("j", 1, 1).deadLetters()));

        assertThat(requests).hasSize(3);
        assertThat(requests.get(1)).startsWith("POST /subjects/io.rondo.log.DeadLetter null");
        assertThat(requests.get(2)).startsWith("GET /config/io.rondo.log.DeadLetter?defaultToGlobal=true");
    }

    @Test
    void shouldAcceptALevelThatAnotherProcessSetsAtTheSameMoment() {
        script = n -> switch (n) {
            case 1 -> new Reply(200, "{\"id\":9}");
            case 2 -> new Reply(200, "{\"compatibilityLevel\":\"NONE\"}");
            case 3 -> new Reply(409, "{\"message\":\"a rule of this name exists\"}");
            default -> new Reply(200, "{\"compatibilityLevel\":\"FULL_TRANSITIVE\"}");
        };

        SchemaRegistrar.of(Map.of("schema.registry.url", address()))
                .register(List.of(new JobTopics("j", 1, 1).deadLetters()));

        assertThat(requests.get(requests.size() - 2)).startsWith("PUT /config/io.rondo.log.DeadLetter");
    }

    @Test
    void shouldAskForTheSubjectsLevelBeforeTheRegistrys() {
        script = n -> n == 1
                ? new Reply(200, "{\"id\":9}")
                : n == 2 ? new Reply(200, "{\"compatibilityLevel\":\"NONE\"}") : new Reply(200, "{}");

        SchemaRegistrar.of(Map.of("schema.registry.url", address()))
                .register(List.of(new JobTopics("j", 1, 1).deadLetters()));

        assertThat(requests.get(2))
                .startsWith("PUT /config/io.rondo.log.DeadLetter")
                .contains("FULL_TRANSITIVE");
    }

    @Test
    void shouldFollowARedirectOnTheSameHostOnly() {
        script = n -> n == 1 ? new Reply(308, "/auth/subjects") : new Reply(200, "{\"id\":9}");
        assertThat(codec(Map.of()).encode(TOPIC, RECORD)).isEqualTo(OF_ID_9);
        assertThat(requests.get(1)).startsWith("POST /auth/subjects null");

        script = n -> new Reply(308, "http://me:secret@elsewhere.invalid:81/x");
        assertFails(Map.of(), ErrorCode.REGISTRY_REFUSED, "http://elsewhere.invalid:81/x");
        script = n -> new Reply(301, "/again");
        assertFails(Map.of(), ErrorCode.REGISTRY_REFUSED, "301");
        assertThat(requests).hasSize(4);
    }

    @Test
    void shouldSendTheCredentialsOfAnAddressToNoOther() {
        script = n -> n == 1 ? new Reply(503, "") : new Reply(200, "{\"id\":9}");
        String withUser = address().replace("//", "//me:secret@");

        codec(Map.of("schema.registry.url", withUser + "/a," + address() + "/b"))
                .encode(TOPIC, RECORD);

        assertThat(requests.get(0)).contains("Basic");
        assertThat(requests.get(1)).startsWith("POST /b/").doesNotContain("Basic");
    }

    private static String schemaOf(Schema schema) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("schema", schema.toString())
                .toString();
    }

    @Test
    void shouldTakeTheIdThatARegistryWithoutImportsChooses() {
        script = n -> n <= 3 ? new Reply(404, "{\"error_code\":40403}") : new Reply(200, "{\"id\":4}");

        assertThat(transfer().register(TOPIC, PauseRequested.getClassSchema(), 9))
                .isEqualTo(4);
    }

    @Test
    void shouldTryAgainWhatMayPass() {
        script = n -> n == 1 ? new Reply(503, "") : n == 2 ? new Reply(429, "") : new Reply(200, "{\"id\":9}");

        assertThat(codec(Map.of()).encode(TOPIC, RECORD)).isEqualTo(OF_ID_9);
        assertThat(requests).hasSize(3);
    }

    @Test
    void shouldGiveUpOnARegistryThatStaysBroken() {
        assertFails(Map.of(), ErrorCode.REGISTRY_UNREACHABLE, "status 500");
        assertThat(requests).hasSize(3);
    }

    @Test
    void shouldNotWaitForeverForAnAnswer() {
        script = n -> new Reply(200, null);

        assertFails(Map.of("http.read.timeout.ms", "100"), ErrorCode.REGISTRY_UNREACHABLE, "");
        // on a busy machine a request may be given up before the server has seen it
        assertThat(requests).hasSizeBetween(1, 3);
    }

    @Test
    void shouldNameARegistryThatIsNotThere() {
        String address = address();
        server.stop(0);

        assertFails(Map.of(), ErrorCode.REGISTRY_UNREACHABLE, address);
    }

    @Test
    void shouldTellWhatIsNoRegistry() {
        script = n -> new Reply(200, "<html>welcome</html>");
        assertFails(Map.of(), ErrorCode.REGISTRY_REFUSED, "no JSON");

        script = n -> new Reply(404, "<html>not here</html>");
        assertFails(Map.of(), ErrorCode.REGISTRY_REFUSED, "404");
        assertThatThrownBy(() -> codec(Map.of()).decode(TOPIC, OF_ID_9))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REGISTRY_REFUSED));
    }

    @Test
    void shouldRememberADeniedId() {
        script = n -> new Reply(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");

        RecordCodec codec = codec(Map.of());
        for (int i = 0; i < 2; i++) {
            assertThat(codec.decode(TOPIC, OF_ID_9))
                    .isInstanceOfSatisfying(Decoded.Unreadable.class, unreadable -> assertThat(unreadable.reason())
                            .isEqualTo(RejectionReason.UNKNOWN_SCHEMA));
        }
        assertThat(requests).hasSize(1);
    }

    /** Fifteen thousand records of a few bytes held up an answer by more than a minute. */
    @Test
    void shouldNotAskForEachIdOfAFlood() {
        byPath = path -> path.equals("/subjects/io.rondo.log.PauseRequested/versions")
                ? new Reply(200, "[1]")
                : path.equals("/subjects/io.rondo.log.PauseRequested/versions/1")
                        ? new Reply(200, "{\"id\":9}")
                        : path.equals("/schemas/ids/9")
                                ? new Reply(200, schemaOf(PauseRequested.getClassSchema()))
                                : new Reply(404, "{\"error_code\":40403}");
        RecordCodec codec = codec(Map.of());

        for (int id = 1_000; id < 16_000; id++) {
            assertThat(codec.decode(TOPIC, ofId(id)))
                    .isInstanceOfSatisfying(Decoded.Unreadable.class, unreadable -> assertThat(unreadable.reason())
                            .isEqualTo(RejectionReason.UNKNOWN_SCHEMA));
        }

        assertThat(requests.stream().filter(request -> request.contains("/schemas/ids/")))
                .hasSizeLessThan(100);
        assertThat(codec.decode(TOPIC, OF_ID_9)).as("a schema of the log").isInstanceOf(Decoded.Readable.class);
    }

    @Test
    void shouldAskInAFloodForAnIdThatMayBeNew() {
        Map<String, Reply> has = new HashMap<>(Map.of(
                "/subjects/a/versions", new Reply(200, "[1,3]"),
                "/subjects/a/versions/1", new Reply(200, "{\"id\":5}"),
                "/subjects/a/versions/3", new Reply(200, "{\"id\":8}")));
        long[] now = {0};
        SchemaCensus census = new SchemaCensus(
                List.of("a", "b"),
                path -> answerOf(has.getOrDefault(path, new Reply(404, "{\"error_code\":40401}"))),
                () -> now[0]);

        assertThat(census.excludes(5)).isFalse();
        assertThat(census.excludes(6)).isTrue();
        assertThat(census.excludes(9)).as("given since").isFalse();
        assertThat(census.excludes(8 + SchemaCensus.NEW_IDS + 1)).isTrue();

        has.put("/subjects/b/versions", new Reply(200, "[1]"));
        has.put("/subjects/b/versions/1", new Reply(200, "{\"id\":6}"));
        assertThat(census.excludes(6)).as("counted a moment ago").isTrue();
        now[0] = 2_000_000_000L;
        assertThat(census.excludes(6)).isFalse();

        has.put("/subjects/b/versions", new Reply(403, "{}"));
        now[0] = 4_000_000_000L;
        assertThat(census.excludes(7)).as("it does not say what it has").isFalse();
    }

    private static RegistryHttp.Answer answerOf(Reply reply) {
        try {
            return new RegistryHttp.Answer(
                    reply.status(), JsonMapper.builder().build().readTree(reply.body()));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static byte[] ofId(int id) {
        byte[] value = OF_ID_9.clone();
        ByteBuffer.wrap(value).putInt(1, id);
        return value;
    }

    /** A proxy compresses, though nobody has asked it to. */
    @Test
    void shouldReadACompressedAnswer() {
        compresses = true;
        script = n -> new Reply(200, schemaOf(PauseRequested.getClassSchema()));
        assertThat(codec(Map.of()).decode(TOPIC, OF_ID_9)).isInstanceOf(Decoded.Readable.class);

        script = n -> new Reply(200, "{\"schema\":\"" + "x".repeat(5 << 20) + "\"}");
        assertThatThrownBy(() -> codec(Map.of()).decode(TOPIC, OF_ID_9))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REGISTRY_REFUSED))
                .hasMessageContaining("more than 4194304 bytes");
    }

    @Test
    void shouldTellWhatAGatewaySaysInItsOwnWords() {
        script = n -> new Reply(504, "upstream request timeout");
        assertFails(Map.of(), ErrorCode.REGISTRY_UNREACHABLE, "status 504");

        script = n -> new Reply(403, "<html>sign in</html>");
        assertFails(Map.of(), ErrorCode.REGISTRY_REFUSED, "status 403");
    }

    @Test
    void shouldSendAPasswordWithColonsWhole() {
        script = n -> new Reply(200, "{\"id\":9}");

        codec(Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "name:3d:X:z"))
                .encode(TOPIC, RECORD);

        assertThat(requests.get(0))
                .contains(
                        "Basic " + Base64.getEncoder().encodeToString("name:3d:X:z".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldRefuseAnAnswerThatHasNoEnd() {
        String endless = "{\"schema\":\"" + "x".repeat(5 << 20) + "\"}";
        script = n -> new Reply(200, endless);

        assertThatThrownBy(() -> codec(Map.of()).decode(TOPIC, OF_ID_9))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REGISTRY_REFUSED))
                .hasMessageContaining("more than 4194304 bytes");
        assertThat(requests).as("asking again brings as much").hasSize(1);
    }

    @Test
    void shouldPutTheModeBackWhereTheRequestForItHadNoAnswer() {
        script = n ->
                n == 3 ? new Reply(500, "") : n <= 2 ? new Reply(404, "{\"error_code\":40403}") : new Reply(200, "{}");

        assertThatThrownBy(() -> transfer().register(TOPIC, PauseRequested.getClassSchema(), 9))
                .isInstanceOf(RondoException.class);
        assertThat(requests.get(3)).startsWith("DELETE /mode/io.rondo.log.PauseRequested");
    }

    @Test
    void shouldTellSchemasOfALogFromOthers() {
        Schema ours = PauseRequested.getClassSchema();
        String text = ours.toString();

        assertThat(SchemaTransfer.isOfLog(ours)).isTrue();
        assertThat(SchemaTransfer.isOfLog(schema(text.replace("io.rondo.log", "com.example"))))
                .isFalse();
        assertThat(SchemaTransfer.isOfLog(schema(text.replace("PauseRequested", "PauseDemanded"))))
                .as("a record that this version does not know")
                .isFalse();
        assertThat(SchemaTransfer.isOfLog(
                        schema(text.replace("\"fields\":[", "\"fields\":[{\"name\":\"more\",\"type\":\"int\"},"))))
                .as("a version that cannot be read")
                .isFalse();
        assertThat(SchemaTransfer.isOfLog(Schema.create(Schema.Type.STRING))).isFalse();
    }

    private static Schema schema(String text) {
        return new Schema.Parser().parse(text);
    }

    @Test
    void shouldForgetADenialAfterAWhile() {
        long[] now = {0};
        DeniedIds denied = new DeniedIds(() -> now[0]);
        denied.add(9);

        assertThat(denied.contains(9)).isTrue();
        now[0] = 31_000_000_000L;
        assertThat(denied.contains(9)).isFalse();
    }

    @Test
    void shouldNotTakeASilentRegistryForADenial() {
        assertThatThrownBy(() -> codec(Map.of()).decode(TOPIC, OF_ID_9))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REGISTRY_UNREACHABLE));
    }

    @Test
    void shouldSayThatASchemaIsUnknownWhereItOnlyLooksUp() {
        script = n -> new Reply(404, "{\"error_code\":40401,\"message\":\"Subject not found\"}");

        assertFails(Map.of("auto.register.schemas", "false"), ErrorCode.SCHEMA_UNKNOWN, "PauseRequested");
    }

    @Test
    void shouldSendCredentialsAndNeverShowThem() {
        script = n -> new Reply(401, "{\"error_code\":401,\"message\":\"Unauthorized\"}");
        String withUser = address().replace("//", "//me:secret@");

        assertFails(Map.of("schema.registry.url", withUser), ErrorCode.REGISTRY_REFUSED, "401");
        assertFails(Map.of("basic.auth.user.info", "me:secret"), ErrorCode.REGISTRY_REFUSED, "401");

        assertThat(requests).hasSize(2).allSatisfy(request -> assertThat(request)
                .contains("Basic bWU6c2VjcmV0"));
        assertThat(RegistrySettings.of(Map.of("schema.registry.url", withUser)).toString())
                .doesNotContain("secret")
                .doesNotContain("c2VjcmV0");
        assertThatThrownBy(() -> RegistrySettings.of(Map.of("schema.registry.url", "ftp://me:secret@host")))
                .isInstanceOf(RondoException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldReadASchemaThatRefersToAnother() {
        script = n -> n == 1
                ? new Reply(
                        200,
                        "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"PauseRequested\\\",\\\"namespace\\\":"
                                + "\\\"io.rondo.log\\\",\\\"fields\\\":[{\\\"name\\\":\\\"jobUuid\\\",\\\"type\\\":\\\"string\\\"},"
                                + "{\\\"name\\\":\\\"reason\\\",\\\"type\\\":\\\"string\\\"},{\\\"name\\\":\\\"requestedAt\\\","
                                + "\\\"type\\\":\\\"long\\\"},{\\\"name\\\":\\\"extra\\\",\\\"type\\\":\\\"Sha256\\\"}]}\","
                                + "\"references\":[{\"name\":\"io.rondo.log.Sha256\",\"subject\":\"s\",\"version\":1}]}")
                : new Reply(
                        200,
                        "{\"schema\":\"{\\\"type\\\":\\\"fixed\\\",\\\"name\\\":\\\"Sha256\\\",\\\"namespace\\\":"
                                + "\\\"io.rondo.log\\\",\\\"size\\\":1}\"}");
        // behind the three fields one byte of the fixed type, where our own schema has the absent signature
        byte[] value = OF_ID_9.clone();

        assertThat(codec(Map.of()).decode(TOPIC, value)).isEqualTo(new Decoded.Readable(RECORD));
        assertThat(requests.get(1)).startsWith("GET /subjects/s/versions/1");
    }

    private void assertFails(Map<String, String> settings, ErrorCode code, String text) {
        assertThatThrownBy(() -> codec(settings).encode(TOPIC, RECORD))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text)
                .hasMessageNotContaining("secret");
    }

    private SchemaTransfer transfer() {
        return SchemaTransfer.of(Map.of("schema.registry.url", address(), "max.retries", "0"));
    }

    private RecordCodec codec(Map<String, String> settings) {
        Map<String, String> config =
                new HashMap<>(Map.of("schema.registry.url", address(), "max.retries", "2", "retries.wait.ms", "1"));
        config.putAll(settings);
        return RecordCodec.of(config);
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(exchange.getRequestMethod()
                    + ' '
                    + exchange.getRequestURI()
                    + ' '
                    + exchange.getRequestHeaders().getFirst("Authorization")
                    + ' '
                    + body);
            Reply found = byPath.apply(exchange.getRequestURI().getPath());
            Reply reply = found == null ? script.apply(requests.size()) : found;
            if (reply.body() == null) {
                done.await();
                return;
            }
            byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            if (compresses) {
                ByteArrayOutputStream compressed = new ByteArrayOutputStream();
                try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
                    gzip.write(bytes);
                }
                bytes = compressed.toByteArray();
                exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            }
            if (reply.status() / 100 == 3) {
                exchange.getResponseHeaders().set("Location", reply.body());
            }
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
