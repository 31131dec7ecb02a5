package io.rondo.cli.security;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * A proxy for a registry without user management: requires TLS and a certificate of the federation, and allows changes only
 * by the admin, the operator and the aggregator. Allowed requests are forwarded to the registry. Safe for any thread.
 */
public final class RegistryGate implements AutoCloseable {
    private static final int THREADS = 16;
    private static final int LARGEST_BODY = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Set<String> WRITERS =
            Set.of(Member.Kind.ADMIN.unit(), Member.Kind.OPERATOR.unit(), Member.Kind.AGGREGATOR.unit());
    /** A schema is looked up by a POST of its text; a version is registered under {@code versions}. */
    private static final Pattern LOOK_UP = Pattern.compile("/subjects/[^/]+");

    private static final Pattern UNIT = Pattern.compile("(?:^|,)OU=([a-z]+)(?:,|$)");
    private static final Set<String> PASSED = Set.of("accept", "content-type");

    private final HttpsServer server;
    private final ExecutorService threads;
    private final URI registry;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private RegistryGate(HttpsServer server, ExecutorService threads, URI registry) {
        this.server = server;
        this.threads = threads;
        this.registry = registry;
    }

    /**
     * Starts serving.
     *
     * @param address listening address; port 0 for any free port
     * @param registry root of the registry's Confluent-compatible interface, which only this process should reach
     * @param directory the credentials
     * @throws RondoException with {@code PORT_IN_USE}
     */
    public static RegistryGate start(InetSocketAddress address, URI registry, SecurityDirectory directory) {
        return start(address, registry, directory.registryProperties());
    }

    /** The same, with the key and the authorities of a {@code --kafka-config}. */
    public static RegistryGate start(InetSocketAddress address, URI registry, Map<String, String> tls) {
        HttpsServer server;
        try {
            server = HttpsServer.create(address, 0);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.PORT_IN_USE,
                    "cannot listen on " + address.getHostString() + ':' + address.getPort() + ": " + e.getMessage(),
                    "give another address, or stop what listens there",
                    e);
        }
        server.setHttpsConfigurator(new HttpsConfigurator(context(tls)) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters settings = getSSLContext().getDefaultSSLParameters();
                settings.setNeedClientAuth(true);
                settings.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
                parameters.setSSLParameters(settings);
            }
        });
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, work -> {
            Thread thread = new Thread(work, "registry-gate");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        RegistryGate gate = new RegistryGate(server, threads, registry);
        server.createContext("/", gate::answer);
        server.start();
        return gate;
    }

    /** The port on which it listens. */
    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            if (path.contains("..") || path.toLowerCase(java.util.Locale.ROOT).contains("%2e%2e")) {
                refuse(exchange, 400, "a path goes down, never up");
            } else if (!isAllowed(unit((HttpsExchange) exchange), exchange.getRequestMethod(), path)) {
                refuse(exchange, 403, "this certificate may read schemas, and not change them");
            } else {
                repeat(exchange);
            }
        }
    }

    static boolean isAllowed(String unit, String method, String path) {
        return switch (method) {
            case "GET" -> true;
            case "POST" -> WRITERS.contains(unit) || LOOK_UP.matcher(path).matches();
            case "PUT", "DELETE" -> WRITERS.contains(unit);
            default -> false;
        };
    }

    private static String unit(HttpsExchange exchange) throws IOException {
        Principal peer = exchange.getSSLSession().getPeerPrincipal();
        var found = UNIT.matcher(((javax.security.auth.x500.X500Principal) peer).getName());
        return found.find() ? found.group(1) : "";
    }

    private void repeat(HttpExchange exchange) throws IOException {
        byte[] body = body(exchange.getRequestBody());
        if (body.length > LARGEST_BODY) {
            refuse(exchange, 413, "a request has at most " + LARGEST_BODY + " bytes");
            return;
        }
        String query = exchange.getRequestURI().getRawQuery();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        registry + exchange.getRequestURI().getRawPath() + (query == null ? "" : "?" + query)))
                .timeout(PATIENCE)
                .method(
                        exchange.getRequestMethod(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (PASSED.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
            response.headers().firstValue("Content-Type").ifPresent(type -> exchange.getResponseHeaders()
                    .put("Content-Type", List.of(type)));
            send(exchange, response.statusCode(), response.body());
        } catch (IOException e) {
            refuse(exchange, 503, "the registry does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(exchange, 503, "the gate is closing");
        }
    }

    private static byte[] body(InputStream stream) throws IOException {
        return stream.readNBytes(LARGEST_BODY + 1);
    }

    private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        exchange.getResponseHeaders().put("Content-Type", List.of("application/vnd.schemaregistry.v1+json"));
        send(
                exchange,
                status,
                ("{\"error_code\":" + status * 100 + ",\"message\":\"" + why + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private static SSLContext context(Map<String, String> tls) {
        Map<String, Object> settings = new HashMap<>();
        tls.forEach((key, value) -> {
            if (key.startsWith("ssl.")) {
                settings.put(key, value);
            }
        });
        settings.put("bootstrap.servers", "127.0.0.1:9092");
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(new AdminClientConfig(settings).values());
            return factory.sslContext();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
