package io.rondo.schemas.serde;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.config.types.Password;

/**
 * How to reach a registry. Its text form holds no secret.
 *
 * @param addresses base URLs without user info and without a slash at the end, tried in turn
 * @param authorizations values of the Authorization header by address: the name and password in an address are sent only to
 *     that address
 * @param retries {@code max.retries}: retries of transient failures, by default 3
 * @param firstWait {@code retries.wait.ms}: pause before the second try, doubled from there, by default 100 ms
 * @param connectTimeout {@code http.connect.timeout.ms}, by default 5 s
 * @param requestTimeout {@code http.read.timeout.ms}: a whole call, connecting included, by default 10 s
 * @param removeJavaProperties {@code avro.remove.java.properties}: register schemas without what only generated Java
 *     classes carry, by default true
 * @param tls {@code schema.registry.ssl.*}: trusted and presented certificates; the JVM's defaults where not set
 */
record RegistrySettings(
        List<URI> addresses,
        Map<URI, String> authorizations,
        int retries,
        Duration firstWait,
        Duration connectTimeout,
        Duration requestTimeout,
        boolean removeJavaProperties,
        Optional<SSLContext> tls) {
    static final String URL = "schema.registry.url";
    static final String REMOVE_JAVA_PROPERTIES = "avro.remove.java.properties";

    private static final String USER_INFO = "basic.auth.user.info";
    private static final String CREDENTIALS_SOURCE = "basic.auth.credentials.source";
    private static final String TOKEN = "bearer.auth.token";

    static RegistrySettings of(Map<String, ?> config) {
        List<RegistryAddress> parsed =
                RegistryAddress.parse(SerdeSettings.text(config, URL).orElse(""));
        return new RegistrySettings(
                parsed.stream().map(RegistryAddress::base).toList(),
                authorizations(config, parsed),
                SerdeSettings.number(config, "max.retries", 3),
                Duration.ofMillis(SerdeSettings.number(config, "retries.wait.ms", 100)),
                Duration.ofMillis(Math.max(1, SerdeSettings.number(config, "http.connect.timeout.ms", 5_000))),
                Duration.ofMillis(Math.max(1, SerdeSettings.number(config, "http.read.timeout.ms", 10_000))),
                SerdeSettings.flag(config, REMOVE_JAVA_PROPERTIES, true),
                RegistryTls.context(config));
    }

    Optional<String> authorization(URI address) {
        return Optional.ofNullable(authorizations.get(address));
    }

    @Override
    public String toString() {
        return "registry " + addresses + (authorizations.isEmpty() ? "" : " with credentials");
    }

    private static Map<URI, String> authorizations(Map<String, ?> config, List<RegistryAddress> addresses) {
        Map<URI, String> found = new HashMap<>();
        for (RegistryAddress address : addresses) {
            authorization(config, address.userInfo()).ifPresent(value -> found.put(address.base(), value));
        }
        return Map.copyOf(found);
    }

    private static Optional<String> authorization(Map<String, ?> config, Optional<String> inAddress) {
        Optional<String> token = secret(config, TOKEN);
        if (token.isPresent()) {
            return token.map(value -> "Bearer " + value);
        }
        String source = SerdeSettings.text(config, CREDENTIALS_SOURCE).orElse("URL");
        Optional<String> configured =
                secret(config, USER_INFO).or(() -> secret(config, "schema.registry." + USER_INFO));
        Optional<String> userInfo =
                switch (source) {
                    case "URL" -> inAddress.or(() -> configured);
                    case "USER_INFO" -> configured;
                    default ->
                        throw new RondoException(
                                ErrorCode.BAD_CONFIG,
                                CREDENTIALS_SOURCE + "=" + source + " is not supported",
                                "use URL or USER_INFO, or name another serializer by value.serializer");
                };
        return userInfo.map(
                value -> "Basic " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
    }

    private static Optional<String> secret(Map<String, ?> config, String key) {
        return config.get(key) instanceof Password password
                ? Optional.of(password.value())
                : SerdeSettings.text(config, key);
    }
}
