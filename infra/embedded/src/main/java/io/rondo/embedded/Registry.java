package io.rondo.embedded;

import io.rondo.embedded.child.RegistryMain;
import io.rondo.schemas.error.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** The registry: Apicurio, its data in {@code registry}, spoken to by its Confluent-compatible interface. */
final class Registry implements AutoCloseable {
    static final String NAME = "registry";

    private static final String MAIN = "io.quarkus.runner.GeneratedMain";
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final ChildProcess child;
    private final int port;

    private Registry(ChildProcess child, int port) {
        this.child = child;
        this.port = port;
    }

    /** Starts the process; {@link #awaitReady} waits for it. */
    static Registry start(Programs programs, ClusterDirectory directory, int wantedPort) throws IOException {
        int port = new Ports(directory).choose("registry.port", wantedPort);
        JavaArguments java = programs.javaArguments(NAME, "192m");
        String data = directory.path().resolve(NAME).resolve("registry").toString();
        return new Registry(
                ChildProcess.start(
                        NAME,
                        ErrorCode.REGISTRY_FAILED_TO_START,
                        java,
                        List.of(
                                "-Dquarkus.http.host=" + Ports.HOST,
                                "-Dquarkus.http.port=" + port,
                                // A semicolon starts H2's own settings. A database that was open for a minute or more
                                // loses its last rows when H2 2.3.230 compacts it at the end, so it must not.
                                "-Dquarkus.datasource.jdbc.url=jdbc:h2:file:" + data.replace(";", "\\;")
                                        + ";MAX_COMPACT_TIME=0",
                                "-Dquarkus.log.level=WARN",
                                "-Dquarkus.log.category.\"io.apicurio\".level=WARN",
                                "-Dquarkus.banner.enabled=false",
                                "-cp",
                                programs.registryClasspath(),
                                RegistryMain.class.getName(),
                                directory.lockOf(NAME).toString(),
                                MAIN),
                        directory.logOf(NAME)),
                port);
    }

    /** The root of its Confluent-compatible interface. */
    String address() {
        return address(Integer.toString(port));
    }

    static String address(String port) {
        return root(port) + "/apis/ccompat/v7";
    }

    ProcessHandle handle() {
        return child.handle();
    }

    /** Waits for its readiness endpoint, then sets what its schemas must keep to. */
    void awaitReady(Deadline deadline) throws InterruptedException {
        HttpRequest readiness = HttpRequest.newBuilder(URI.create(root() + "/health/ready"))
                .timeout(ANSWER)
                .build();
        while (!isOk(readiness)) {
            child.requireAlive();
            deadline.require(child);
            Thread.sleep(PAUSE.toMillis());
        }
        HttpRequest rule = HttpRequest.newBuilder(URI.create(address() + "/config"))
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"compatibility\":\"FULL_TRANSITIVE\"}"))
                .build();
        while (!isOk(rule)) {
            child.requireAlive();
            deadline.require(child);
            Thread.sleep(PAUSE.toMillis());
        }
    }

    @Override
    public void close() {
        child.close();
    }

    private String root() {
        return root(Integer.toString(port));
    }

    private static String root(String port) {
        return "http://" + Ports.HOST + ':' + port;
    }

    private boolean isOk(HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<Void> response = http.send(request, BodyHandlers.discarding());
            return response.statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
