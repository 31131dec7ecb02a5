package io.rondo.cli.command;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.PrivateFiles;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Which cluster and which registry. */
public final class ConnectionOptions {
    private static final int BYTE_ORDER_MARK = 0xfeff;
    private static final String OF_PARENT = "RONDO_SCHEMA_REGISTRY_OF_PARENT";

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT,…",
            description = "Kafka brokers. Default: bootstrap.servers of --kafka-config, $RONDO_BOOTSTRAP_SERVERS or"
                    + " localhost:9092.")
    private String bootstrapServers;

    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            description = "Schema registry with Confluent's API. Default: schema.registry.url of --kafka-config,"
                    + " $RONDO_SCHEMA_REGISTRY or http://localhost:8081.")
    private String schemaRegistry;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "Properties for all Kafka and registry clients, such as security.protocol. Default:"
                    + " $RONDO_KAFKA_CONFIG, where it is set.")
    private Path kafkaConfig;

    public LogConnection connection() {
        Map<String, String> file = file();
        LogConnection connection =
                new LogConnection(bootstrapServers(file, System.getenv()), schemaRegistry(file, System.getenv()), file);
        // invalid settings are refused before anything is done
        connection.checkRegistrySettings();
        return connection;
    }

    /** The same options on the command line of another process, which gets {@link #environment} as well. */
    public List<String> arguments() {
        List<String> arguments =
                new ArrayList<>(List.of("--bootstrap-servers", bootstrapServers(file(), System.getenv())));
        configFile(System.getenv()).ifPresent(config -> arguments.addAll(List.of("--kafka-config", config.toString())));
        return arguments;
    }

    /** The options that may contain a password: every user of a machine can see its command lines. */
    public Map<String, String> environment() {
        return Map.of(OF_PARENT, schemaRegistry(file(), System.getenv()));
    }

    String bootstrapServers(Map<String, String> file, Map<String, String> environment) {
        return first(
                bootstrapServers,
                file.get("bootstrap.servers"),
                environment.get("RONDO_BOOTSTRAP_SERVERS"),
                "localhost:9092");
    }

    String schemaRegistry(Map<String, String> file, Map<String, String> environment) {
        return first(
                schemaRegistry,
                environment.get(OF_PARENT),
                file.get("schema.registry.url"),
                environment.get("RONDO_SCHEMA_REGISTRY"),
                "http://localhost:8081");
    }

    /** The most specific setting wins. */
    private static String first(String... values) {
        return Stream.of(values).filter(Objects::nonNull).findFirst().orElseThrow();
    }

    private Map<String, String> file() {
        return configFile(System.getenv()).map(ConnectionOptions::read).orElse(Map.of());
    }

    Optional<Path> configFile(Map<String, String> environment) {
        return Optional.ofNullable(kafkaConfig).or(() -> Optional.ofNullable(environment.get("RONDO_KAFKA_CONFIG"))
                .filter(file -> !file.isBlank())
                .map(Path::of));
    }

    /** The connection of a file that names both addresses. */
    static LogConnection ofFile(Path file) {
        ConnectionOptions options = new ConnectionOptions();
        options.kafkaConfig = file;
        return options.connection();
    }

    static Map<String, String> read(Path file) {
        Properties properties = new Properties();
        try (BufferedReader text = Files.newBufferedReader(file)) {
            // some editors write a byte order mark, which would become part of the first key
            text.mark(1);
            if (text.read() != BYTE_ORDER_MARK) {
                text.reset();
            }
            properties.load(text);
        } catch (IOException | IllegalArgumentException e) {
            boolean hasEscape = e instanceof IllegalArgumentException;
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "cannot read --kafka-config " + file + ": "
                            + (hasEscape ? "a backslash does not start an escape" : e),
                    hasEscape
                            ? "write a backslash twice, as in C:\\\\kafka\\\\trust.jks"
                            : "give a properties file in UTF-8",
                    e);
        }
        Map<String, String> config = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> config.put(name, properties.getProperty(name)));
        PrivateFiles.check(file, config);
        return config;
    }
}
