package io.rondo.schemas.client;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * Checks a client's credentials and trusted certificates before the client is created. No text of this class contains a
 * secret.
 */
final class Credentials {
    private static final String JAAS = "sasl.jaas.config";
    private static final String PROTOCOL = "security.protocol";
    private static final String TRUSTSTORE = "ssl.truststore.";
    private static final String KEYSTORE = "ssl.keystore.";
    private static final String LOCATION = "location";
    private static final String FORM =
            "write it as MODULE required key=\"value\" …; with a semicolon at its end, on one line";

    private Credentials() {}

    static void check(Map<String, String> config) {
        if (config.values().stream().anyMatch(value -> value.contains("${"))) {
            // Kafka's config providers fill these in
            return;
        }
        checkJaas(config);
        checkFile(config, TRUSTSTORE + LOCATION);
        checkFile(config, KEYSTORE + LOCATION);
        if (isEncrypted(config) && !config.containsKey("ssl.engine.factory.class")) {
            checkStore(config, TRUSTSTORE, KEYSTORE);
            checkStore(config, KEYSTORE, TRUSTSTORE);
        }
    }

    /** Whether clients encrypt what they send. */
    static boolean isEncrypted(Map<String, String> config) {
        return protocol(config).endsWith("SSL");
    }

    static String protocol(Map<String, String> config) {
        return config.getOrDefault(PROTOCOL, "PLAINTEXT").strip().toUpperCase(Locale.ROOT);
    }

    /** A broker's principal for these clients, as far as the settings show it. */
    static String principal(Map<String, String> config) {
        if (protocol(config).startsWith("SASL")) {
            return user(config).map(user -> "User:" + user).orElse("the user of " + JAAS);
        }
        return isEncrypted(config) && config.keySet().stream().anyMatch(key -> key.startsWith(KEYSTORE))
                ? "the user of the certificate in ssl.keystore"
                : "User:ANONYMOUS";
    }

    private static Optional<String> user(Map<String, String> config) {
        if (!config.containsKey(JAAS)) {
            return Optional.empty();
        }
        try {
            return entries(config).stream()
                    .map(entry -> entry.getOptions().get("username"))
                    .filter(Objects::nonNull)
                    .map(Object::toString)
                    .findFirst();
        } catch (IllegalArgumentException | KafkaException e) {
            return Optional.empty();
        }
    }

    private static void checkJaas(Map<String, String> config) {
        if (!config.containsKey(JAAS)) {
            if (protocol(config).startsWith("SASL") && System.getProperty("java.security.auth.login.config") == null) {
                throw ClientProperties.bad(
                        PROTOCOL, protocol(config), "it needs " + JAAS, "add " + JAAS + " to --kafka-config");
            }
            return;
        }
        List<AppConfigurationEntry> entries;
        try {
            entries = entries(config);
        } catch (IllegalArgumentException | KafkaException e) {
            // its text may contain a part of the password
            boolean unterminated = String.valueOf(e.getMessage()).contains("semi-colon");
            throw ClientProperties.bad(
                    JAAS,
                    "",
                    unterminated
                            ? "its entry does not end with a semicolon"
                            : "it is not an entry of a login configuration",
                    FORM);
        }
        for (AppConfigurationEntry entry : entries) {
            try {
                Class.forName(entry.getLoginModuleName(), false, Credentials.class.getClassLoader());
            } catch (ClassNotFoundException | LinkageError e) {
                throw ClientProperties.bad(JAAS, "", "its first word names no login module on the class path", FORM);
            }
        }
    }

    private static List<AppConfigurationEntry> entries(Map<String, String> config) {
        return JaasContext.loadClientContext(Map.of(JAAS, new Password(config.get(JAAS))))
                .configurationEntries();
    }

    private static void checkFile(Map<String, String> config, String key) {
        String file = config.get(key);
        if (file == null) {
            return;
        }
        try {
            if (Files.isReadable(Path.of(file.strip())) && Files.isRegularFile(Path.of(file.strip()))) {
                return;
            }
        } catch (InvalidPathException e) {
            // reported below
        }
        throw ClientProperties.bad(key, file, "there is no file of this name that can be read");
    }

    /** Loads one of the two stores separately, so that a failure can be attributed to it. */
    private static void checkStore(Map<String, String> config, String store, String other) {
        Map<String, Object> settings = new HashMap<>(config);
        settings.keySet().removeIf(key -> key.startsWith(other) || key.startsWith("schema.registry."));
        settings.put("bootstrap.servers", "127.0.0.1:9092");
        if (settings.keySet().stream().noneMatch(key -> key.startsWith(store))) {
            return;
        }
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(new AdminClientConfig(settings).values());
        } catch (KafkaException e) {
            throw ClientProperties.bad(
                    store + LOCATION,
                    config.getOrDefault(store + LOCATION, "(in the file)"),
                    ClientFailures.rootText(e),
                    "check the file, " + store + "type and " + store + "password"
                            + (store.equals(KEYSTORE) ? ", and that it holds a private key with its certificate" : ""));
        }
    }
}
