package io.rondo.schemas.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write into client files, and what they are told. */
class ClientPropertiesTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max.block.ms | abc | Not a number",
                "request.timeout.ms | 30s | Not a number",
                "producer.linger.ms | soon | Not a number",
                "receive.buffer.bytes | -7 | at least -1",
                "interceptor.classes | org.example.Audit | no class org.example.Audit",
                "metric.reporters | org.example.Reporter | no class org.example.Reporter",
                "security.protocol | TLS | String must be one of",
                "retries | 0 | an idempotent producer tries again",
                "max.in.flight.requests.per.connection | 20 | 5 requests on their way",
                "delivery.timeout.ms | 10000 | request.timeout.ms=30000",
                "transactional.id | mine | names its transactions itself",
                "producer.transactional.id | mine | names its transactions itself",
                "acks | 1 | rounds rest on acks=",
                "isolation.level | read_uncommitted | rounds rest on isolation.level=read_committed",
                "enable.idempotence | false | rounds rest on enable.idempotence=true",
                "sasl.mechanisms | PLAIN | setting of another client",
                "ssl.ca.location | /etc/ca.pem | setting of another client",
                "security.protocol | SASL_SSL | it needs sasl.jaas.config",
                "ssl.truststore.location | /nowhere/trust.jks | no file of this name",
                "ssl.keystore.location | /nowhere/key.jks | no file of this name"
            })
    void shouldNameThePropertyItsValueAndTheReason(String key, String value, String reason) {
        assertThatThrownBy(() -> of(Map.of(key, value)))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.getMessage())
                        .contains(key + '=' + value)
                        .contains(reason));
    }

    @Test
    void shouldNameBothOfTwoSettingsThatDoNotGoTogether() {
        assertThatThrownBy(() -> of(Map.of("request.timeout.ms", "60000", "default.api.timeout.ms", "5000")))
                .hasMessageContaining("default.api.timeout.ms=5000")
                .hasMessageContaining("request.timeout.ms=60000");
        assertThatThrownBy(() -> of(Map.of("linger.ms", "90000", "delivery.timeout.ms", "100000")))
                .hasMessageContaining("delivery.timeout.ms=100000")
                .hasMessageContaining("linger.ms=90000");
    }

    @Test
    void shouldTakeWhatEqualsOursAndWhatIsOnlyADefault() {
        assertThatCode(() -> of(Map.ofEntries(
                        Map.entry("acks", "all"),
                        Map.entry("enable.idempotence", "true"),
                        Map.entry("isolation.level", "read_committed"),
                        Map.entry("auto.offset.reset", "earliest"),
                        Map.entry("enable.auto.commit", "false"),
                        Map.entry("request.timeout.ms", "60000"),
                        Map.entry("max.in.flight.requests.per.connection", "1"),
                        Map.entry("client.dns.lookup", "use_all_dns_ips"),
                        Map.entry("session.timeout.ms", "45000"),
                        Map.entry("batch.size", "0"),
                        Map.entry("compression.type", "zstd"),
                        Map.entry("value.serializer", "org.example.AvroSerializer"),
                        Map.entry("security.protocol", " plaintext "))))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldMakeClientsThatMayTakeLongerThanAnyDefault() {
        LogConnection connection = of(Map.of("request.timeout.ms", "300000"));

        connection.producer().close();
        connection.consumer(connection.readerConfig()).close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"marked-7\"",
                "org.apache.kafka.common.security.plain.PlainLoginModule username=\"u\" password=\"marked-7\";",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=marked-7 more;",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"marked-7;",
                "org.apache.kafka.common.security.plain.PlainLoginModule marked-7 username=\"u\";",
                "org.example.NoModule required username=\"u\" password=\"marked-7\";",
                "marked-7"
            })
    void shouldRefuseAJaasEntryWithoutRepeatingIt(String jaas) {
        assertThatThrownBy(() -> of(Map.of(
                        "security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN", "sasl.jaas.config", jaas)))
                .hasNoCause()
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.explanation())
                        .contains("sasl.jaas.config")
                        .doesNotContain("marked-7"));
    }

    @Test
    void shouldTellTheTruststoreFromTheKeystore() throws Exception {
        Path store = keyStore("right-password");
        Path pem = Files.writeString(
                directory.resolve("cert.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        assertRefused(
                Map.of("ssl.truststore.location", store.toString(), "ssl.truststore.password", "marked-7"),
                "ssl.truststore.location=" + store);
        assertRefused(
                Map.of("ssl.keystore.location", store.toString(), "ssl.keystore.password", "marked-7"),
                "ssl.keystore.location=" + store);
        assertRefused(
                Map.of("ssl.keystore.location", pem.toString(), "ssl.keystore.type", "PEM"),
                "ssl.keystore.location=" + pem);
        assertRefused(
                Map.of("ssl.truststore.location", pem.toString(), "ssl.truststore.type", "PEM"),
                "ssl.truststore.location=" + pem);
    }

    @Test
    void shouldTakeATruststoreThatCanBeLoaded() throws Exception {
        Path store = keyStore("right-password");

        assertThatCode(() -> of(Map.of(
                        "security.protocol",
                        "SSL",
                        "ssl.truststore.location",
                        store.toString(),
                        "ssl.truststore.type",
                        "PKCS12",
                        "ssl.truststore.password",
                        "right-password")))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldKnowAsWhomBrokersKnowTheClients() {
        assertThat(of(Map.of()).principal()).isEqualTo("User:ANONYMOUS");
        assertThat(of(Map.of(
                                "security.protocol",
                                "SASL_PLAINTEXT",
                                "sasl.mechanism",
                                "PLAIN",
                                "sasl.jaas.config",
                                "org.apache.kafka.common.security.plain.PlainLoginModule required"
                                        + " username=\"alice\" password=\"x\";"))
                        .principal())
                .isEqualTo("User:alice");
    }

    @Test
    void shouldTellWhatIsWrongWithTheAddresses() {
        for (String address : new String[] {"127.0.0.1", "host:port"}) {
            LogConnection connection = new LogConnection(address, "http://r:8081", Map.of());

            assertThatThrownBy(connection::admin)
                    .asInstanceOf(type(RondoException.class))
                    .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                    .satisfies(refusal -> assertThat(refusal.explanation()).contains(address, "HOST:PORT"));
        }
        assertThatThrownBy(() -> new LogConnection("nowhere.invalid:9092", "http://r:8081", Map.of()).admin())
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BROKER_UNREACHABLE, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains("nowhere.invalid:9092"));
    }

    private void assertRefused(Map<String, String> stores, String property) {
        Map<String, String> config = new HashMap<>(stores);
        config.put("security.protocol", "SSL");
        assertThatThrownBy(() -> of(config))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .satisfies(refusal ->
                        assertThat(refusal.explanation()).contains(property).doesNotContain("marked-7"));
    }

    private Path keyStore(String password) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Path file = directory.resolve("store.p12");
        try (var out = Files.newOutputStream(file)) {
            store.store(out, password.toCharArray());
        }
        return file;
    }

    private static LogConnection of(Map<String, String> kafkaConfig) {
        return new LogConnection("127.0.0.1:9", "http://r:8081", kafkaConfig);
    }
}
