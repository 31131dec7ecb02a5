package io.rondo.cli.security;

import java.io.IOException;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A self-contained file for {@code --kafka-config}, with keys and certificates: it can be copied to another machine
 * unchanged.
 */
final class ClientConfig {
    private static final String LOGIN =
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\"" + " password=\"%s\";";
    private static final Pattern PASSWORD = Pattern.compile(" password=\"([^\"]+)\"");

    private ClientConfig() {}

    /** A client that authenticates to brokers by password, and to the registry by certificate. */
    static Map<String, String> scram(
            Member member, String password, Identity identity, Identity ca, SecuritySettings to) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("bootstrap.servers", to.bootstrapServers());
        config.put("security.protocol", "SASL_SSL");
        config.put("sasl.mechanism", "SCRAM-SHA-512");
        config.put("sasl.jaas.config", LOGIN.formatted(member.name(), password));
        trust("", ca, config);
        registry(identity, ca, to, config);
        return config;
    }

    /** A client that authenticates to both by certificate. */
    static Map<String, String> certificate(Identity identity, Identity ca, SecuritySettings to) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("bootstrap.servers", to.adminServers());
        config.put("security.protocol", "SSL");
        trust("", ca, config);
        key("", identity, config);
        registry(identity, ca, to, config);
        return config;
    }

    /** A server that presents a certificate and requires one. */
    static Map<String, String> server(Identity identity, Identity ca) {
        Map<String, String> config = new LinkedHashMap<>();
        trust("", ca, config);
        key("", identity, config);
        return config;
    }

    private static void registry(Identity identity, Identity ca, SecuritySettings to, Map<String, String> config) {
        config.put("schema.registry.url", to.schemaRegistry());
        trust("schema.registry.", ca, config);
        key("schema.registry.", identity, config);
    }

    static void trust(String prefix, Identity ca, Map<String, String> config) {
        config.put(prefix + "ssl.truststore.type", "PEM");
        config.put(prefix + "ssl.truststore.certificates", ca.certificatePem());
    }

    static void key(String prefix, Identity identity, Map<String, String> config) {
        config.put(prefix + "ssl.keystore.type", "PEM");
        config.put(prefix + "ssl.keystore.certificate.chain", identity.certificatePem());
        config.put(prefix + "ssl.keystore.key", identity.keyPem());
    }

    /** The file's text. */
    static String text(String title, Map<String, String> config) {
        StringBuilder text =
                new StringBuilder("# " + title + ". It holds secrets: only its reader's user may read it.\n");
        config.forEach((key, value) -> text.append(key)
                .append('=')
                .append(value.replace("\\", "\\\\").replace("\n", "\\n"))
                .append('\n'));
        return text.toString();
    }

    /** Reads a file's text. */
    static Map<String, String> parse(String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory can be read", e);
        }
        Map<String, String> config = new LinkedHashMap<>();
        properties.stringPropertyNames().forEach(name -> config.put(name, properties.getProperty(name)));
        return config;
    }

    /** The password in a file's text. */
    static Optional<String> password(String text) {
        Matcher found = PASSWORD.matcher(parse(text).getOrDefault("sasl.jaas.config", ""));
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }
}
