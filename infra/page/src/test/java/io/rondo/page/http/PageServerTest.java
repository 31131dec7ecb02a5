package io.rondo.page.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.page.KeptArchives;
import io.rondo.page.SyntheticLogs;
import io.rondo.page.log.ArchiveLogs;
import io.rondo.page.log.PageLogs;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PageServerTest {
    private static final String PASSWORD = "correct horse battery";

    private PageServer server;
    private String host;

    @TempDir
    private Path directory;

    /** What came back, without a client in between that would forbid some headers. */
    private record Answer(int status, String head, String body) {
        JsonNode json() {
            try {
                return JsonMapper.builder().build().readTree(body);
            } catch (IOException e) {
                throw new AssertionError(body, e);
            }
        }
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void shouldShowARealLog() throws Exception {
        serve(new ArchiveLogs(KeptArchives.latest("trained", directory)));
        String log = "/api/logs/" + get("/api/logs").json().at("/logs/0/key").asText();
        JsonNode overview = whenComplete(log);

        assertThat(overview.path("state").asText()).isEqualTo("finished");
        int last = overview.path("published").asInt();
        assertThat(last).isPositive();
        JsonNode row = get(log + "/rounds/" + last).json();
        assertThat(row.path("status").asText()).isEqualTo("published");
        JsonNode decisions = get(log + "/rounds/" + last + "/decisions?count=3").json();
        assertThat(decisions.path("rows")).hasSize(3);
        assertThat(decisions.at("/rows/0/kind").asText()).isEqualTo("RoundOpened");
        assertThat(decisions.path("whole").asBoolean()).isTrue();
        for (String chart : List.of("loss", "accuracy", "seconds", "norm", "rounds", "similarity")) {
            assertThat(picture(log + "/charts/" + chart + "?width=360")).isEqualTo("360");
        }
        assertThat(picture(log + "/rounds/" + last + "/charts/timeline?width=9999"))
                .isEqualTo("1600");
    }

    @Test
    void shouldVerifyARoundAndMeasureItsUpdates() throws Exception {
        serve(new ArchiveLogs(KeptArchives.latest("trained", directory)));
        String log = "/api/logs/" + get("/api/logs").json().at("/logs/0/key").asText();
        String round = log + "/rounds/" + whenComplete(log).path("published").asInt();

        assertThat(get(round + "/verification").json().path("state").asText()).isEqualTo("none");
        JsonNode verified = whenOver(post(round + "/verification", "{}"), round + "/verification");
        assertThat(verified.path("outcome").asText()).isEqualTo("identical");
        assertThat(verified.path("sound").asBoolean()).isTrue();
        assertThat(verified.path("digest").asText())
                .isEqualTo(get(round).json().path("digest").asText());

        JsonNode measured =
                whenOver(get(round + "/measured"), round + "/measured").path("measured");
        assertThat(measured.path("updates"))
                .hasSize(get(round).json().path("accepted").asInt());
        assertThat(measured.at("/updates/0/norm").asDouble()).isPositive();
        assertThat(measured.at("/cosines/0/0").asDouble()).isEqualTo(1);
        assertThat(measured.path("meanCosine").asDouble()).isBetween(-1.0, 1.0);
        assertThat(picture(round + "/charts/similarity?width=400")).isEqualTo("400");
    }

    @Test
    void shouldTellABrowserToTrustNothing() throws Exception {
        serve(new SyntheticLogs(3, 3));

        for (String path : List.of("/", "/app.js", "/api/logs", "/nothing")) {
            assertThat(get(path).head())
                    .contains("Content-security-policy: default-src 'none'; script-src 'self'")
                    .contains("X-content-type-options: nosniff")
                    .contains("Referrer-policy: no-referrer");
        }
        assertThat(get("/").body())
                .doesNotContain("<script>")
                .doesNotContain("style=")
                .doesNotContain(" on");
        assertThat(get("/../pom.xml").status()).isEqualTo(404);
        assertThat(get("/nothing").status()).isEqualTo(404);
    }

    @Test
    void shouldAnswerNoOtherName() throws Exception {
        serve(new SyntheticLogs(3, 3));

        assertThat(send("GET", "/api/logs", "evil.example", "", "").status()).isEqualTo(421);
        assertThat(send("GET", "/", "evil.example:" + port(), "", "").status()).isEqualTo(421);
        assertThat(send("GET", "/api/logs", "", "", "").status()).isIn(400, 421);
        for (String own : List.of("localhost", "127.0.0.1:" + port(), "[::1]:" + port(), "page.example:80")) {
            assertThat(send("GET", "/api/logs", own, "", "").status()).as(own).isEqualTo(200);
        }
    }

    @Test
    void shouldChangeNothingForAnotherPage() throws Exception {
        serve(new SyntheticLogs(3, 3));
        whenComplete("/api/logs/test");
        String path = "/api/logs/test/rounds/1/verification";
        String json = "Content-Type: application/json\r\n";

        assertThat(send("POST", path, host, json + "Origin: http://evil.example\r\n", "{}")
                        .status())
                .isEqualTo(403);
        assertThat(send("POST", path, host, json + "Origin: null\r\n", "{}").status())
                .isEqualTo(403);
        assertThat(send("POST", path, host, "Content-Type: text/plain\r\n", "{}")
                        .status())
                .isEqualTo(403);
        assertThat(send("POST", path, host, json + "Origin: http://" + host + "\r\n", "{}")
                        .status())
                .isEqualTo(200);
        assertThat(send("DELETE", path, host, "", "").status()).isEqualTo(405);
        assertThat(send("POST", "/api/logs", host, json, "{}").status()).isEqualTo(405);
    }

    @Test
    void shouldAskForAPassword() throws Exception {
        Path file = directory.resolve("password");
        Files.writeString(file, PASSWORD + "\n");
        serve(new SyntheticLogs(3, 3), Optional.of(file));

        assertThat(get("/").status()).isEqualTo(200);
        assertThat(get("/api/logs").status()).isEqualTo(401);
        assertThat(get("/api/logs/test/events").status()).isEqualTo(401);
        assertThat(post("/api/login", "{\"password\":\"wrong\"}").status()).isEqualTo(401);
        Answer in = post("/api/login", "{\"password\":\"" + PASSWORD + "\"}");
        assertThat(in.status()).isEqualTo(200);
        String cookie = in.head()
                .lines()
                .filter(line -> line.startsWith("Set-cookie: "))
                .findFirst()
                .orElseThrow();
        assertThat(cookie).contains("HttpOnly").contains("SameSite=Strict");
        String session =
                "Cookie: other=1; " + cookie.substring("Set-cookie: ".length()).split(";", 2)[0] + "\r\n";
        assertThat(send("GET", "/api/logs", host, session, "").status()).isEqualTo(200);
        assertThat(send("GET", "/api/logs", host, "Authorization: Bearer " + PASSWORD + "\r\n", "")
                        .status())
                .isEqualTo(200);
        assertThat(send("POST", "/api/logout", host, session + "Content-Type: application/json\r\n", "{}")
                        .status())
                .isEqualTo(200);
        assertThat(send("GET", "/api/logs", host, session, "").status()).isEqualTo(401);
    }

    @Test
    void shouldNotLetAPasswordBeGuessed() throws Exception {
        Path file = directory.resolve("password");
        Files.writeString(file, PASSWORD);
        serve(new SyntheticLogs(3, 3), Optional.of(file));

        for (int i = 0; i < 10; i++) {
            assertThat(post("/api/login", "{\"password\":\"guess " + i + "\"}").status())
                    .isEqualTo(401);
        }
        assertThat(post("/api/login", "{\"password\":\"" + PASSWORD + "\"}").status())
                .isEqualTo(429);
        assertThat(send("GET", "/api/logs", host, "Authorization: Bearer " + PASSWORD + "\r\n", "")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void shouldNotListenForOthersWithoutALogin() throws Exception {
        assertThatThrownBy(() -> new PageSettings(new InetSocketAddress("0.0.0.0", 0), Optional.empty(), List.of()))
                .isInstanceOfSatisfying(RondoException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.BAD_CONFIG));
        Path file = directory.resolve("password");
        Files.writeString(file, "short\n");
        assertThatThrownBy(() -> serve(new SyntheticLogs(1, 1), Optional.of(file)))
                .hasMessageContaining("a password of 5 characters");
    }

    @Test
    void shouldBoundEveryAnswer() throws Exception {
        serve(new SyntheticLogs(200, 300));
        whenComplete("/api/logs/test");

        assertThat(get("/api/logs/test/rounds?count=100000").json().path("rows"))
                .hasSize(200);
        assertThat(get("/api/logs/test/trainers?count=100000").json().path("rows"))
                .hasSize(200);
        JsonNode grid = get("/api/logs/test/grid?round=1&rounds=1000&trainer=150&trainers=1000")
                .json();
        assertThat(grid.path("rounds")).hasSize(64);
        assertThat(grid.path("trainers")).hasSize(50);
        assertThat(get("/api/logs/test/rounds?from=abc").status()).isEqualTo(400);
        assertThat(get("/api/logs/test/rounds?from=-5")
                        .json()
                        .at("/rows/0/round")
                        .asInt())
                .isZero();
        assertThat(get("/api/logs/test/rounds/9999").status()).isEqualTo(404);
        assertThat(get("/api/logs/..%2f..%2fother").status()).isEqualTo(404);
    }

    @Test
    void shouldWriteForeignTextAsText() throws Exception {
        serve(new SyntheticLogs(3, 3));
        whenComplete("/api/logs/test");

        Answer chart = get("/api/logs/test/charts/loss");
        assertThat(chart.body())
                .contains("&lt;script&gt;")
                .doesNotContain("<script")
                .doesNotContain("<img");
        assertThat(chart.head()).contains("image/svg+xml");
        assertThat(get("/api/logs/test/trainers").head()).contains("application/json");
    }

    @Test
    void shouldTellOfWhatChanges() throws Exception {
        SyntheticLogs logs = new SyntheticLogs(3, 3);
        serve(logs);
        whenComplete("/api/logs/test");
        try (Socket stream = open("/api/logs/test/events");
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(dataOf(lines)).contains("\"from\":0");
            logs.add(logs.opened(3));
            assertThat(dataOf(lines)).contains("\"from\":3");
        }
        assertThat(get("/api/logs/test").json().at("/overview/lastRound").asInt())
                .isEqualTo(3);
    }

    @Test
    void shouldAnswerWhileManyBrowsersTakeNothing() throws Exception {
        SyntheticLogs logs = new SyntheticLogs(3, 3);
        serve(logs);
        whenComplete("/api/logs/test");
        List<Socket> streams = new ArrayList<>();
        try {
            // every stream that there can be, and nobody reads
            for (int i = 0; i < EventStreams.MOST; i++) {
                streams.add(open("/api/logs/test/events"));
            }
            Answer next = get("/api/logs/test/events");
            while (next.status() != 503) {
                next = get("/api/logs/test/events");
            }
            assertThat(next.head()).contains("Retry-after: 5");
            for (int round = 3; round < 200; round++) {
                logs.add(logs.opened(round));
            }
            assertThat(get("/api/logs/test").status()).isEqualTo(200);
        } finally {
            for (Socket stream : streams) {
                stream.close();
            }
        }
    }

    private static String dataOf(BufferedReader lines) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("data: ")) {
                return line;
            }
        }
        throw new AssertionError("the stream ended");
    }

    private void serve(PageLogs logs) {
        serve(logs, Optional.empty());
    }

    private void serve(PageLogs logs, Optional<Path> login) {
        server = PageServer.start(
                new PageSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), login, List.of("Page.example")),
                logs,
                "test");
        host = URI.create(server.url()).getAuthority();
    }

    private int port() {
        return URI.create(server.url()).getPort();
    }

    private JsonNode whenComplete(String log) throws Exception {
        JsonNode overview = get(log).json().path("overview");
        while (!overview.path("complete").asBoolean()) {
            Thread.sleep(50);
            overview = get(log).json().path("overview");
        }
        return overview;
    }

    private JsonNode whenOver(Answer first, String path) throws Exception {
        Answer answer = first;
        while (List.of("waiting", "running")
                .contains(answer.json().path("state").asText())) {
            Thread.sleep(50);
            answer = get(path);
        }
        assertThat(answer.json().path("state").asText()).as(answer.body()).isEqualTo("done");
        return answer.json();
    }

    /** The width that a picture is laid out for, which is well-formed. */
    private String picture(String path) throws Exception {
        Answer answer = get(path);
        assertThat(answer.status()).as(path).isEqualTo(200);
        var picture = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(answer.body().getBytes(StandardCharsets.UTF_8)));
        return picture.getDocumentElement().getAttribute("viewBox").split(" ", -1)[2];
    }

    private Answer get(String path) throws IOException {
        return send("GET", path, host, "", "");
    }

    private Answer post(String path, String body) throws IOException {
        return send("POST", path, host, "Content-Type: application/json\r\n", body);
    }

    private Socket open(String path) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        write(socket, "GET", path, host, "", "");
        return socket;
    }

    private static void write(Socket socket, String method, String path, String named, String headers, String body)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = method + ' ' + path + " HTTP/1.1\r\nHost: " + named + "\r\nConnection: close\r\nContent-Length: "
                + bytes.length + "\r\n" + headers + "\r\n";
        OutputStream out = socket.getOutputStream();
        out.write(head.getBytes(StandardCharsets.UTF_8));
        out.write(bytes);
        out.flush();
    }

    private Answer send(String method, String path, String named, String headers, String body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            write(socket, method, path, named, headers, body);
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder head = new StringBuilder();
            for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
                head.append(line).append('\n');
            }
            int status = Integer.parseInt(head.toString().split(" ", 3)[1]);
            if (head.indexOf("event-stream") >= 0) {
                return new Answer(status, head.toString(), "");
            }
            StringBuilder rest = new StringBuilder();
            char[] buffer = new char[8192];
            for (int read = reader.read(buffer); read >= 0; read = reader.read(buffer)) {
                rest.append(buffer, 0, read);
            }
            return new Answer(status, head.toString(), rest.toString());
        }
    }
}
