package io.rondo.e2e.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.security.SecurityDirectory;
import io.rondo.cli.security.SecurityRequest;
import io.rondo.embedded.FreePorts;
import io.rondo.schemas.client.LogConnection;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.DockerComposeContainer;
import org.testcontainers.lifecycle.Startable;

/**
 * The compose files as a user starts them, by {@code docker compose} or, where that is not installed, by docker-compose 1.29:
 * under a project name of their own, on ports that are free, with a job that does not end.
 */
final class ComposeStack implements AutoCloseable {
    static final String JOB = "demo";
    static final String SECURE = "compose.secure.yaml";

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long PAUSE_MS = 300;
    private static final Path FOLDER = Path.of("../compose").toAbsolutePath().normalize();
    /** Rounds short enough to see many, and no end of them. */
    private static final String JOB_FILE = """
        rounds: 100000
        local-steps: 1
        batch-size: 4
        max-length: 16
        deadline: 15s
        replication: -1
        """;

    private final List<String> files;
    private final Map<String, String> environment = new HashMap<>();
    private final LogConnection connection;
    private final Startable compose;
    private Engine engine;

    ComposeStack(Path directory, String... files) {
        this.files = List.of(files);
        int kafka = FreePorts.next();
        int registry = FreePorts.next();
        int gate = FreePorts.next();
        Path job = directory.resolve("job.yaml");
        Path credentials = directory.resolve("credentials");
        write(job);
        environment.put("RONDO_KAFKA_PORT", Integer.toString(kafka));
        environment.put("RONDO_KAFKA_PORT_2", Integer.toString(FreePorts.next()));
        environment.put("RONDO_KAFKA_PORT_3", Integer.toString(FreePorts.next()));
        environment.put("RONDO_REGISTRY_PORT", Integer.toString(registry));
        environment.put("RONDO_PROMETHEUS_PORT", Integer.toString(FreePorts.next()));
        environment.put("RONDO_PAGE_PORT", Integer.toString(FreePorts.next()));
        environment.put("RONDO_GATE_PORT", Integer.toString(gate));
        environment.put("RONDO_CREDENTIALS", credentials.toString());
        environment.put("RONDO_JOB", JOB);
        environment.put("RONDO_JOB_FILE", job.toString());
        environment.put("RONDO_AGGREGATOR_IMAGE", ImagesCondition.image("aggregator"));
        environment.put("RONDO_TRAINER_IMAGE", ImagesCondition.image("trainer"));
        environment.put("RONDO_PYTHON_IMAGE", ImagesCondition.image("trainer-python"));
        String brokers = "localhost:" + kafka;
        connection = this.files.contains(SECURE)
                ? new LogConnection(brokers, "https://localhost:" + gate, operator(credentials))
                : new LogConnection(brokers, "http://localhost:" + registry + "/apis/ccompat/v7", Map.of());
        compose = container("rondo-it-" + kafka + '-');
    }

    /** Credentials as the comment in the file has them. */
    private static Map<String, String> operator(Path credentials) {
        try (SecurityDirectory directory = SecurityDirectory.open(credentials)) {
            directory.init(new SecurityRequest(
                    List.of("plant", "cinema", "helpdesk"),
                    List.of("broker", "gate", "localhost"),
                    Optional.of("broker:19093"),
                    Optional.of("broker:19094"),
                    Optional.of("https://gate:8443")));
            return directory.properties("operator");
        }
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, JOB_FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Startable container(String project) {
        List<File> paths = files.stream().map(FOLDER::resolve).map(Path::toFile).toList();
        return hasComposeV2()
                ? new ComposeContainer(project, paths).withEnv(environment).withPull(false)
                : new DockerComposeContainer<>(project, paths)
                        .withEnv(environment)
                        .withPull(false);
    }

    private static boolean hasComposeV2() {
        try {
            return new ProcessBuilder("docker", "compose", "version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns when all that others wait for is healthy, and the job is submitted. */
    void start() {
        compose.start();
        engine = Engine.ofProject("rondo-it-" + environment.get("RONDO_KAFKA_PORT") + '-');
    }

    Engine engine() {
        return engine;
    }

    LogConnection connection() {
        return connection;
    }

    /** The port of this machine that a variable of the compose files names, such as {@code RONDO_PAGE_PORT}. */
    int port(String variable) {
        return Integer.parseInt(environment.get(variable));
    }

    /** Runs the command on the same project, as a user would between two starts. */
    void run(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(hasComposeV2() ? List.of("docker", "compose") : List.of("docker-compose"));
        command.addAll(List.of("-p", engine.project()));
        files.forEach(file -> command.addAll(List.of("-f", file)));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("compose", ".log");
        ProcessBuilder process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        process.environment().putAll(environment);
        assertThat(process.start().waitFor())
                .as("%s: %s", command, Files.readString(output))
                .isZero();
        Files.delete(output);
    }

    /** Waits until all services are healthy but those that end. */
    void awaitHealth() throws Exception {
        for (String service : engine.services()) {
            if (engine.hasHealthCheck(service)) {
                await(service + " is healthy", () -> engine.isHealthy(service));
            }
        }
    }

    /** Waits for something, and shows what the containers printed last where it does not come. */
    void await(String what, Callable<Boolean> condition) throws Exception {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > giveUp) {
                throw new AssertionError("it did not come to this: " + what + '\n' + logs());
            }
            Thread.sleep(PAUSE_MS);
        }
    }

    private String logs() throws InterruptedException {
        StringBuilder text = new StringBuilder();
        for (String service : engine.services()) {
            text.append("== ").append(service).append(" ==\n").append(engine.log(service));
        }
        return text.toString();
    }

    @Override
    public void close() {
        compose.stop();
    }
}
