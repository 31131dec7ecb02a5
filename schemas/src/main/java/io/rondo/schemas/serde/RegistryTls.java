package io.rondo.schemas.serde;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * TLS settings of the registry connection: {@code schema.registry.ssl.*} with the names and values of Kafka's {@code ssl.*},
 * PEM files included. The host name is always verified against the certificate.
 */
final class RegistryTls {
    private static final String PREFIX = "schema.registry.";
    private static final String HOSTS = "ssl.endpoint.identification.algorithm";
    private static final Set<String> KNOWN = Set.of(
            "ssl.truststore.location",
            "ssl.truststore.password",
            "ssl.truststore.type",
            "ssl.truststore.certificates",
            "ssl.keystore.location",
            "ssl.keystore.password",
            "ssl.keystore.type",
            "ssl.keystore.key",
            "ssl.keystore.certificate.chain",
            "ssl.key.password",
            "ssl.protocol",
            "ssl.enabled.protocols",
            "ssl.cipher.suites",
            HOSTS);

    private RegistryTls() {}

    /** The TLS context of these settings; empty if none is set. @throws RondoException with {@code BAD_CONFIG} */
    static Optional<SSLContext> context(Map<String, ?> config) {
        Map<String, Object> settings = new HashMap<>();
        for (Map.Entry<String, ?> property : config.entrySet()) {
            if (property.getKey().startsWith(PREFIX + "ssl.") && property.getValue() != null) {
                String key = property.getKey().substring(PREFIX.length());
                if (!KNOWN.contains(key)) {
                    throw new RondoException(
                            ErrorCode.BAD_CONFIG,
                            property.getKey() + " is not supported",
                            "remove it, or name another serializer by value.serializer");
                }
                settings.put(key, property.getValue());
            }
        }
        if (!settings.getOrDefault(HOSTS, "https").toString().strip().equalsIgnoreCase("https")) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    PREFIX + HOSTS + "=" + settings.get(HOSTS) + " cannot be used: a client that does not compare the"
                            + " host with the certificate talks to whoever has one",
                    "remove the line from --kafka-config");
        }
        if (settings.isEmpty()) {
            return Optional.empty();
        }
        settings.put("bootstrap.servers", "127.0.0.1:9092");
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(new AdminClientConfig(settings).values());
            return Optional.of(factory.sslContext());
        } catch (ConfigException e) {
            // its text may contain a secret value
            throw unusable("a value is not of the right form", e);
        } catch (KafkaException e) {
            throw unusable(rootText(e), e);
        }
    }

    /** A refused certificate is refused again: a failure of trust is not transient. */
    static void refuse(URI address, IOException failure) {
        if (failure instanceof SSLException && isOfTrust(failure)) {
            throw new RondoException(
                    ErrorCode.REGISTRY_REFUSED,
                    "no trusted connection to the registry at " + address + ": " + rootText(failure),
                    "check schema.registry.ssl.truststore.* (does it hold the registry's certificate authority?),"
                            + " schema.registry.ssl.keystore.* and that the certificate names the host",
                    failure);
        }
    }

    private static boolean isOfTrust(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        return failure instanceof javax.net.ssl.SSLHandshakeException
                || text.contains("certificate_required")
                || text.contains("bad_certificate")
                || text.contains("certificate_unknown");
    }

    private static RondoException unusable(String reason, Exception cause) {
        return new RondoException(
                ErrorCode.BAD_CONFIG,
                "schema.registry.ssl.* cannot be used: " + reason,
                "check the files, their types and passwords; the names and values are those of Kafka's ssl.*",
                cause);
    }

    private static String rootText(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
