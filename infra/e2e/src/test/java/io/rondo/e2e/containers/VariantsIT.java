package io.rondo.e2e.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.e2e.MonitoringQueries;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files beside compose.yaml. */
@NeedsImages
@Tag("long")
class VariantsIT {
    @Test
    void shouldOutliveEachOfThreeBrokers(@TempDir Path directory) throws Exception {
        try (ComposeStack stack = new ComposeStack(directory, "compose.yaml", "compose.three-brokers.yaml")) {
            stack.start();
            try (PublishedRounds rounds = new PublishedRounds(stack.connection(), ComposeStack.JOB)) {
                rounds.awaitMoreOf(3);
                for (String broker : new String[] {"broker", "broker-2", "broker-3"}) {
                    stack.engine().killMainProcess(broker);

                    rounds.awaitMore(2);
                    stack.await(broker + " is healthy", () -> stack.engine().isHealthy(broker));
                }
                rounds.awaitMoreOf(3);
                stack.awaitHealth();
            }
        }
    }

    /** Every process is a target that answers, every rule is loaded, and what the dashboard asks for is there. */
    @Test
    void shouldBeWatchedByPrometheus(@TempDir Path directory) throws Exception {
        try (ComposeStack stack = new ComposeStack(directory, "compose.yaml", "compose.monitoring.yaml")) {
            stack.start();
            try (PublishedRounds rounds = new PublishedRounds(stack.connection(), ComposeStack.JOB)) {
                rounds.awaitMoreOf(3);
                stack.awaitHealth();
                Prometheus prometheus = new Prometheus(stack.port("RONDO_PROMETHEUS_PORT"));

                stack.await("every target answers", () -> prometheus.targetsThatAnswer() == 4);
                assertThat(prometheus.alerts()).hasSameSizeAs(MonitoringQueries.ofAlerts());
                for (List<String> queries : MonitoringQueries.ofDashboard().values()) {
                    for (String query : queries) {
                        // what has not happened has no series yet
                        if (!query.matches(".*(rejected|revoked|refused)_total.*")) {
                            // a rate needs two scrapes
                            stack.await("an answer to " + query, () -> prometheus.hasAnswer(query));
                        }
                    }
                }
            }
        }
    }

    @Test
    void shouldRunTrainersInPython(@TempDir Path directory) throws Exception {
        try (ComposeStack stack = new ComposeStack(directory, "compose.yaml", "compose.python-trainer.yaml")) {
            stack.start();
            try (PublishedRounds rounds = new PublishedRounds(stack.connection(), ComposeStack.JOB)) {
                rounds.awaitMoreOf(3);
                stack.awaitHealth();

                stack.engine().killMainProcess("plant");

                stack.await("plant is started again", () -> stack.engine().restarts("plant") > 0);
                rounds.awaitMoreOf(3);
            }
        }
    }

    /** Nobody comes in without credentials, and the registry is reached through its gate alone. */
    @Test
    void shouldAskEverybodyWhoItIs(@TempDir Path directory) throws Exception {
        try (ComposeStack stack = new ComposeStack(directory, "compose.yaml", ComposeStack.SECURE)) {
            stack.start();
            try (PublishedRounds rounds = new PublishedRounds(stack.connection(), ComposeStack.JOB)) {
                rounds.awaitMoreOf(3);
                stack.awaitHealth();

                assertThatThrownBy(() -> new Socket("localhost", stack.port("RONDO_REGISTRY_PORT")).close())
                        .isInstanceOf(ConnectException.class);
                try (PublishedRounds stranger =
                        new PublishedRounds(withAnotherPassword(stack.connection()), ComposeStack.JOB)) {
                    assertThatThrownBy(() -> stranger.awaitMore(1))
                            .isInstanceOf(RondoException.class)
                            .hasMessageContaining("operator");
                }
                // in TLS 1.3 a client is refused behind its handshake: it sees an alert, or the end of the connection
                assertThatThrownBy(() ->
                                askWithoutCertificate(stack.connection(), directory.resolve("credentials/ca/ca.pem")))
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(ConnectException.class);
                for (String service : new String[] {"broker", "gate", "plant"}) {
                    int before = stack.engine().restarts(service);
                    stack.engine().killMainProcess(service);

                    stack.await(
                            service + " is started again", () -> stack.engine().restarts(service) > before);
                    rounds.awaitMoreOf(3);
                }
                stack.awaitHealth();
            }
        }
    }

    private static LogConnection withAnotherPassword(LogConnection operator) {
        Map<String, String> properties = new HashMap<>(operator.kafkaConfig());
        properties.computeIfPresent(
                "sasl.jaas.config", (key, login) -> login.replaceFirst("password=\"[^\"]+", "password=\"guessed"));
        return new LogConnection(operator.bootstrapServers(), operator.schemaRegistry(), properties);
    }

    /** Trusts the federation's authority, and shows no certificate. */
    private static void askWithoutCertificate(LogConnection operator, Path authority) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null);
        try (InputStream certificate = Files.newInputStream(authority)) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(certificate));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext stranger = SSLContext.getInstance("TLS");
        stranger.init(null, factory.getTrustManagers(), null);
        HttpRequest request = HttpRequest.newBuilder(URI.create(operator.schemaRegistry() + "/subjects"))
                .build();
        HttpClient.newBuilder().sslContext(stranger).build().send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** On the loopback interface, for whoever has the password. */
    @Test
    void shouldServeTheWebPage(@TempDir Path directory) throws Exception {
        try (ComposeStack stack = new ComposeStack(directory, "compose.yaml", "compose.page.yaml")) {
            stack.start();
            stack.await("the page has the job", () -> {
                String password = stack.engine().read("aggregator", "/etc/rondo/page/password");
                HttpResponse<String> answer = get(stack, "Bearer " + password.strip());
                return answer.statusCode() == 200 && answer.body().contains(ComposeStack.JOB);
            });
            assertThat(get(stack, "Bearer of something else").statusCode()).isEqualTo(401);
        }
    }

    private static HttpResponse<String> get(ComposeStack stack, String authorization) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + stack.port("RONDO_PAGE_PORT") + "/api/logs"))
                .header("Authorization", authorization)
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
