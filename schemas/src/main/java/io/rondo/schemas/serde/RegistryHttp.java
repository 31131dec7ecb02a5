package io.rondo.schemas.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to a registry, with a bounded number of retries for transient failures: no response, 429 and 5xx. With several
 * addresses each attempt uses the next one. Messages name the address without its credentials.
 */
final class RegistryHttp {
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final int SHOWN = 200;
    /** A registry's longest response is a schema with its references; a broker's default limit for records is a megabyte. */
    private static final int MOST_BYTES = 4 << 20;

    private static final int MOST_REDIRECTS = 3;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    /** These redirects require repeating the request unchanged; the others may lead to a web page. */
    private static final Set<Integer> FAITHFUL_REDIRECTS = Set.of(307, 308);

    private static final Pattern LOCAL_HOST = Pattern.compile("localhost|127\\.[0-9.]+|\\[::1]");
    /** Addresses already warned about: every client of a process has its own connection. */
    private static final Set<URI> WARNED = ConcurrentHashMap.newKeySet();

    private static final Logger LOG = LoggerFactory.getLogger(RegistryHttp.class);

    private final RegistrySettings settings;
    private final HttpClient http;

    RegistryHttp(RegistrySettings settings) {
        this.settings = settings;
        settings.addresses().forEach(this::warnOfPlainCredentials);
        // HTTP/1.1: the client's upgrade request to HTTP/2 confuses some proxies
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(settings.connectTimeout());
        settings.tls().ifPresent(client::sslContext);
        this.http = client.build();
    }

    /** Credentials over plain HTTP are readable on the network, unless the address is loopback. */
    private void warnOfPlainCredentials(URI address) {
        if ("http".equalsIgnoreCase(address.getScheme())
                && !LOCAL_HOST.matcher(String.valueOf(address.getHost())).matches()
                && settings.authorization(address).isPresent()
                && WARNED.add(address)) {
            LOG.warn(
                    "the credentials for the registry at {} go over the network as plain text; give an https address",
                    address);
        }
    }

    /** The registry's response: success, or a refusal with an error code of its API. */
    record Answer(int status, JsonNode body) {
        boolean found() {
            return status == 200;
        }

        /** Whether the registry reports that the subject, version or schema does not exist; its codes for that are 404xx. */
        boolean denied() {
            return status == 404 && errorCode() / 100 == 404;
        }

        int errorCode() {
            return body.path("error_code").asInt();
        }

        String message() {
            String text = body.path("message").asText("");
            return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
        }
    }

    Answer get(String path) {
        return call("GET", path, HttpRequest.BodyPublishers.noBody());
    }

    Answer delete(String path) {
        return call("DELETE", path, HttpRequest.BodyPublishers.noBody());
    }

    Answer send(String method, String path, JsonNode body) {
        return call(method, path, HttpRequest.BodyPublishers.ofString(body.toString()));
    }

    /** The failure for a response that a caller cannot use. */
    RondoException refused(String what, Answer answer) {
        String nextStep =
                switch (answer.status()) {
                    case 401, 403 -> "check the registry's credentials (basic.auth.user.info or bearer.auth.token)";
                    case 409 ->
                        "the schema is not compatible with the versions in the registry: use the version of Rondo"
                                + " that this log was written with, or a registry of its own";
                    default ->
                        "check that " + RegistrySettings.URL + " is the root of a Confluent-compatible interface";
                };
        return new RondoException(
                ErrorCode.REGISTRY_REFUSED,
                "the registry at " + settings.addresses() + " refused to " + what + ": status " + answer.status()
                        + (answer.message().isEmpty() ? "" : ", " + answer.message()),
                nextStep);
    }

    private Answer call(String method, String path, HttpRequest.BodyPublisher body) {
        String last = "";
        Exception cause = null;
        for (int attempt = 0; attempt <= settings.retries(); attempt++) {
            if (attempt > 0) {
                pause(attempt);
            }
            URI base = settings.addresses().get(attempt % settings.addresses().size());
            try {
                HttpResponse<byte[]> response = follow(base, method, path, body);
                if (response.statusCode() != 429 && response.statusCode() < 500) {
                    return new Answer(response.statusCode(), parse(response));
                }
                last = "status " + response.statusCode() + " from " + base;
                cause = null;
            } catch (BoundedBody.TooLongException e) {
                throw new RondoException(
                        ErrorCode.REGISTRY_REFUSED,
                        "the server at " + base + " is not a schema registry: " + e.getMessage(),
                        "check that " + RegistrySettings.URL + " is the root of a Confluent-compatible interface",
                        e);
            } catch (IOException e) {
                RegistryTls.refuse(base, e);
                last = base + ": " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
                cause = e;
            }
        }
        throw new RondoException(
                ErrorCode.REGISTRY_UNREACHABLE,
                "the schema registry does not answer (" + (settings.retries() + 1) + " tries, last: " + last + ")",
                "check --schema-registry and that the registry runs",
                cause);
    }

    /** Follows a redirect only to the same host, so that no other host gets the credentials. */
    private HttpResponse<byte[]> follow(URI base, String method, String path, HttpRequest.BodyPublisher body)
            throws IOException {
        URI target = URI.create(base + path);
        for (int redirects = 0; ; redirects++) {
            HttpResponse<byte[]> response = exchange(request(base, target, method, body));
            int status = response.statusCode();
            if (!REDIRECTS.contains(status)) {
                return response;
            }
            URI next = location(target, response);
            boolean repeats = FAITHFUL_REDIRECTS.contains(status) || method.equals("GET");
            if (!repeats || !isSameHost(target, next) || redirects == MOST_REDIRECTS) {
                throw new RondoException(
                        ErrorCode.REGISTRY_REFUSED,
                        "the registry at " + base + " sends its clients to " + shown(next) + " (status " + status + ")",
                        "give the address that it names as --schema-registry");
            }
            target = next;
        }
    }

    private static URI location(URI from, HttpResponse<byte[]> response) {
        try {
            return from.resolve(response.headers().firstValue("Location").orElse(""));
        } catch (IllegalArgumentException e) {
            return from;
        }
    }

    private static boolean isSameHost(URI one, URI other) {
        return one.getScheme().equals(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && one.getPort() == other.getPort()
                && other.getRawUserInfo() == null;
    }

    private static String shown(URI address) {
        return address.getScheme() + "://" + address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort())
                + (address.getRawPath() == null ? "" : address.getRawPath());
    }

    private HttpRequest request(URI base, URI target, String method, HttpRequest.BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(target)
                .timeout(settings.requestTimeout())
                .header("Accept", MEDIA_TYPE + ", application/json")
                .header("Content-Type", MEDIA_TYPE)
                .method(method, body);
        settings.authorization(base).ifPresent(value -> request.header("Authorization", value));
        return request.build();
    }

    /** The request's own timeout covers only the headers; this one includes the body. */
    private HttpResponse<byte[]> exchange(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, BoundedBody.handler(MOST_BYTES));
        try {
            return answer.get(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException(
                    "no answer within " + settings.requestTimeout().toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw new InterruptException(e);
        }
    }

    private JsonNode parse(HttpResponse<byte[]> response) throws IOException {
        try {
            JsonNode body = JSON.readTree(BoundedBody.plain(response, MOST_BYTES));
            return body == null ? MissingNode.getInstance() : body;
        } catch (JsonProcessingException e) {
            if (response.statusCode() != 200) {
                return MissingNode.getInstance();
            }
            throw new RondoException(
                    ErrorCode.REGISTRY_REFUSED,
                    "the server at " + settings.addresses() + " is not a schema registry: no JSON",
                    "check that " + RegistrySettings.URL + " is the root of a Confluent-compatible interface",
                    e);
        }
    }

    private void pause(int attempt) {
        long doubled = settings.firstWait().toMillis() << Math.min(attempt - 1, 16);
        long most = Math.min(doubled, LONGEST_WAIT.toMillis());
        try {
            // half of it random, so that trainers that failed together do not retry together
            Thread.sleep(most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
