package io.rondo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ConnectionOptionsTest {
    private static final Map<String, String> FILE =
            Map.of("bootstrap.servers", "file:9092", "schema.registry.url", "http://file:8081");
    private static final Map<String, String> ENVIRONMENT =
            Map.of("RONDO_BOOTSTRAP_SERVERS", "env:9092", "RONDO_SCHEMA_REGISTRY", "http://env:8081");

    @TempDir
    Path directory;

    @Test
    void shouldTakeTheFileOfTheEnvironmentWhereNoneIsGiven() {
        ConnectionOptions options = new ConnectionOptions();

        assertThat(options.configFile(Map.of("RONDO_KAFKA_CONFIG", "/run/secrets/client")))
                .contains(Path.of("/run/secrets/client"));
        assertThat(options.configFile(Map.of("RONDO_KAFKA_CONFIG", ""))).isEmpty();
        assertThat(options.configFile(Map.of())).isEmpty();
    }

    @Test
    void shouldTakeWhatIsSaidMostCloselyToTheCommand() {
        ConnectionOptions none = parse();
        ConnectionOptions both = parse("--bootstrap-servers", "option:9092", "--schema-registry", "http://option:8081");

        assertThat(both.bootstrapServers(FILE, ENVIRONMENT)).isEqualTo("option:9092");
        assertThat(both.schemaRegistry(FILE, ENVIRONMENT)).isEqualTo("http://option:8081");
        assertThat(none.bootstrapServers(FILE, ENVIRONMENT)).isEqualTo("file:9092");
        assertThat(none.schemaRegistry(FILE, ENVIRONMENT)).isEqualTo("http://file:8081");
        assertThat(none.bootstrapServers(Map.of(), ENVIRONMENT)).isEqualTo("env:9092");
        assertThat(none.schemaRegistry(Map.of(), ENVIRONMENT)).isEqualTo("http://env:8081");
        assertThat(none.bootstrapServers(Map.of(), Map.of())).isEqualTo("localhost:9092");
        assertThat(none.schemaRegistry(Map.of(), Map.of())).isEqualTo("http://localhost:8081");
    }

    @Test
    void shouldReadTheAddressesFromTheFile() throws Exception {
        Path file = Files.writeString(
                directory.resolve("client.properties"),
                "bootstrap.servers=file:9092\nschema.registry.url=http://file:8081\nsecurity.protocol=SSL\n");
        ConnectionOptions options = parse("--kafka-config", file.toString());

        assertThat(options.connection().bootstrapServers()).isEqualTo("file:9092");
        assertThat(options.connection().schemaRegistry()).isEqualTo("http://file:8081");
        assertThat(options.connection().kafkaConfig()).containsEntry("security.protocol", "SSL");
        assertThat(options.arguments()).contains("file:9092", file.toString());
    }

    /** Windows' editors write a mark before the first key: security.protocol was lost, without a word. */
    @Test
    void shouldReadAFileWithAByteOrderMark() throws Exception {
        Path file =
                Files.writeString(directory.resolve("marked.properties"), "\ufeffsecurity.protocol=SSL\nclient.id=x\n");

        assertThat(parse("--kafka-config", file.toString()).connection().kafkaConfig())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("client.id", "x");
    }

    /** Everybody on a machine sees its command lines. */
    @Test
    void shouldGiveAnotherProcessNoPasswordOnItsCommandLine() {
        ConnectionOptions options = parse("--schema-registry", "http://user:word@registry:8081");

        assertThat(options.arguments()).noneMatch(argument -> argument.contains("word"));
        assertThat(parse().schemaRegistry(FILE, options.environment())).isEqualTo("http://user:word@registry:8081");
    }

    @Test
    void shouldRefuseRegistrySettingsThatCannotBeUsed() throws Exception {
        Path file = Files.writeString(
                directory.resolve("client.properties"), "schema.registry.ssl.truststore.location=/no/such/file\n");

        assertThat(List.of(
                        parse("--schema-registry", "ftp://registry"),
                        parse("--kafka-config", file.toString(), "--schema-registry", "https://registry:8081")))
                .allSatisfy(options -> assertThat(catchThrowableOfType(RondoException.class, options::connection))
                        .returns(ErrorCode.BAD_CONFIG, RondoException::code));
    }

    private static ConnectionOptions parse(String... arguments) {
        Host host = new Host();
        new CommandLine(host).parseArgs(arguments);
        return host.connection;
    }

    @Command
    static final class Host {
        @Mixin
        private ConnectionOptions connection;
    }
}
