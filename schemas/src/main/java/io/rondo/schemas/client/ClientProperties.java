package io.rondo.schemas.client;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;

/**
 * Checks the properties of {@code --kafka-config} one by one, before a client is made of them, so that a refusal names the
 * property, its value and the reason.
 */
public final class ClientProperties {
    /** Prefixes by which Kafka Streams gives a property to one of its clients. */
    public static final List<String> STREAMS_PREFIXES =
            List.of("main.consumer.", "restore.consumer.", "global.consumer.", "consumer.", "producer.", "admin.");

    private static final String FILE = "correct --kafka-config";
    private static final List<ConfigDef> DEFINITIONS =
            List.of(AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef());

    /**
     * Values that the log's integrity depends on, by property, ours first; any other is refused, since it would have no
     * effect.
     */
    private static final Map<String, List<String>> FIXED = Map.of(
            "acks", List.of("all", "-1"),
            "enable.idempotence", List.of("true"),
            "isolation.level", List.of("read_committed"),
            "enable.auto.commit", List.of("false"),
            "auto.offset.reset", List.of("none", "earliest"),
            "allow.auto.create.topics", List.of("false"),
            "ssl.endpoint.identification.algorithm", List.of("https"));

    /** Other clients' names of settings, with Kafka's names. */
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "sasl.mechanisms", "sasl.mechanism",
            "sasl.username", "sasl.jaas.config",
            "ssl.ca.location", "ssl.truststore.location with ssl.truststore.type=PEM",
            "ssl.ca.pem", "ssl.truststore.certificates with ssl.truststore.type=PEM",
            "ssl.certificate.location", "ssl.keystore.location with ssl.keystore.type=PEM",
            "ssl.certificate.pem", "ssl.keystore.certificate.chain with ssl.keystore.type=PEM",
            "ssl.key.location", "ssl.keystore.location with ssl.keystore.type=PEM",
            "ssl.key.pem", "ssl.keystore.key with ssl.keystore.type=PEM",
            "metadata.broker.list", "bootstrap.servers");

    private ClientProperties() {}

    /** @throws RondoException with {@code BAD_CONFIG} for the first property that cannot be used */
    static void check(Map<String, String> config) {
        config.forEach((key, value) -> {
            if (!value.contains("${")) {
                checkOne(key, value);
            }
        });
        Durations.check(config);
        Credentials.check(config);
    }

    /** The name of a property without the prefix that gives it to one of Streams' clients. */
    public static String bare(String key) {
        return STREAMS_PREFIXES.stream()
                .filter(key::startsWith)
                .findFirst()
                .map(prefix -> key.substring(prefix.length()))
                .orElse(key);
    }

    /**
     * Checks a value by a client's own definition of its property; does nothing if it has none.
     *
     * @throws RondoException with {@code BAD_CONFIG}
     */
    public static void check(ConfigDef definition, String name, String key, String value) {
        ConfigKey property = definition.configKeys().get(key);
        if (property == null) {
            return;
        }
        try {
            Object parsed = ConfigDef.parseType(key, value, property.type);
            if (property.validator != null) {
                property.validator.ensureValid(key, parsed);
            }
        } catch (ConfigException e) {
            throw bad(name, value, reason(e, name));
        }
        if (property.type == ConfigDef.Type.LIST && isOfClasses(key)) {
            missingClass(value).ifPresent(missing -> {
                throw bad(name, value, "there is no class " + missing + " on the class path");
            });
        }
    }

    static RondoException bad(String key, Object value, String reason) {
        return bad(key, value, reason, FILE);
    }

    static RondoException bad(String key, Object value, String reason, String nextStep) {
        return new RondoException(
                ErrorCode.BAD_CONFIG, Secrets.shown(key, value) + " cannot be used: " + reason, nextStep);
    }

    private static void checkOne(String key, String value) {
        String bare = bare(key);
        if (bare.equals(ProducerConfig.TRANSACTIONAL_ID_CONFIG)) {
            throw bad(
                    key,
                    value,
                    "the aggregator names its transactions itself, and nothing else uses any",
                    "remove the line from --kafka-config");
        }
        if (OTHER_NAMES.containsKey(key)) {
            throw bad(
                    key,
                    value,
                    "it is a setting of another client library",
                    "write " + OTHER_NAMES.get(key) + " instead");
        }
        List<String> fixed = FIXED.get(bare);
        if (fixed != null && !fixed.contains(value.strip())) {
            String why = bare.startsWith("ssl.")
                    ? "a client that does not compare the host with the certificate talks to whoever has one"
                    : "rounds rest on " + bare + '=' + fixed.get(0);
            throw bad(key, value, why, "remove the line from --kafka-config");
        }
        if (!bare.equals("key.serializer") && !bare.equals("key.deserializer") && !bare.startsWith("value.")) {
            DEFINITIONS.forEach(definition -> check(definition, key, bare, value));
        }
    }

    private static boolean isOfClasses(String key) {
        return key.endsWith(".classes") || key.equals("metric.reporters");
    }

    private static Optional<String> missingClass(String names) {
        return Stream.of(names.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty() && !isThere(name))
                .findFirst();
    }

    private static boolean isThere(String name) {
        try {
            Class.forName(name, false, ClientProperties.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** The part of Kafka's message after "Invalid value … for configuration …: ". */
    private static String reason(ConfigException refusal, String name) {
        String text = String.valueOf(refusal.getMessage());
        int end = text.indexOf(": ");
        String reason = text.startsWith("Invalid value") && end > 0 ? text.substring(end + 2) : text;
        return Secrets.isSecret(name) ? "it is not of the right form" : reason;
    }
}
