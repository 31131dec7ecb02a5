package io.rondo.cli.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.sun.net.httpserver.HttpServer;
import io.rondo.log.TrainerLeft;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client talks only to a server whose certificate names the host that it asked for. */
class HostNamesTest {
    private final CertificateAuthority authority = CertificateAuthority.create(Instant.now());
    private HttpServer registry;
    private RegistryGate gate;

    @BeforeEach
    void startRegistry() throws Exception {
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/", exchange -> {
            byte[] body = "{\"id\":7}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        registry.start();
    }

    @AfterEach
    void stop() {
        gate.close();
        registry.stop(0);
    }

    @Test
    void shouldTalkToTheHostThatTheCertificateNames() {
        LogConnection connection = connect("127.0.0.1");

        assertThat(lookUp(connection)).isNotEmpty();
    }

    @Test
    void shouldRefuseARegistryUnderAnotherName() {
        LogConnection connection = connect("other.example");

        assertThatThrownBy(() -> lookUp(connection))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.REGISTRY_REFUSED, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains("127.0.0.1"));
    }

    @Test
    void shouldRefuseABrokerUnderAnotherName() {
        LogConnection connection = connect("other.example");

        assertThatThrownBy(connection::admin)
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BROKER_REFUSED, RondoException::code);
    }

    @Test
    void shouldRefuseASettingThatLeavesHostsUnchecked() {
        Map<String, String> config = new HashMap<>(connect("127.0.0.1").kafkaConfig());
        for (String prefix : List.of("", "schema.registry.")) {
            config.put(prefix + "ssl.endpoint.identification.algorithm", "");

            assertThatThrownBy(() -> new LogConnection("127.0.0.1:1", "https://127.0.0.1:1", config)
                            .codec(SchemaRegistration.LOOK_UP_ONLY)
                            .close())
                    .as(prefix)
                    .asInstanceOf(type(RondoException.class))
                    .returns(ErrorCode.BAD_CONFIG, RondoException::code);
            config.remove(prefix + "ssl.endpoint.identification.algorithm");
        }
    }

    /** A server whose certificate names this host, and a client that asks it as 127.0.0.1. */
    private LogConnection connect(String host) {
        Instant now = Instant.now();
        Identity ca = authority.identity();
        Identity server = authority.issue("registry", "registry", List.of(host), now, Duration.ofDays(1));
        gate = RegistryGate.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                URI.create("http://127.0.0.1:" + registry.getAddress().getPort()),
                ClientConfig.server(server, ca));
        Identity client = authority.issue("a", "trainer", List.of(), now, Duration.ofDays(1));
        Map<String, String> config = new HashMap<>();
        config.put("security.protocol", "SSL");
        config.put("max.retries", "0");
        for (String prefix : List.of("", "schema.registry.")) {
            ClientConfig.trust(prefix, ca, config);
            ClientConfig.key(prefix, client, config);
        }
        return new LogConnection("127.0.0.1:" + gate.port(), "https://127.0.0.1:" + gate.port(), config);
    }

    private static byte[] lookUp(LogConnection connection) {
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            return codec.encode("rondo.demo.manifests", new TrainerLeft("", "a", "", "", null));
        }
    }
}
