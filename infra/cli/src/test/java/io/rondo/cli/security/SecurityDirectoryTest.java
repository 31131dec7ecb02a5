package io.rondo.cli.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.sign.KeyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityDirectoryTest {
    @TempDir
    private Path temporary;

    @Test
    void shouldGiveNobodyElseARightFromTheFirstMoment() throws Exception {
        Path credentials = init("a", "b");

        try (Stream<Path> files = Files.walk(credentials)) {
            assertThat(files).hasSizeGreaterThan(25).allSatisfy(file -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as(file.toString())
                    .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    void shouldChangeNothingWhenDoneAgain() {
        Path credentials = init("a", "b");
        Map<String, String> before = contents(credentials);

        init("a", "b");

        assertThat(contents(credentials)).isEqualTo(before);
    }

    @Test
    void shouldAddATrainerAndLeaveTheOthers() {
        Path credentials = init("a");
        Map<String, String> before = contents(credentials);

        init("b");

        before.remove("security.json");
        assertThat(contents(credentials)).containsAllEntriesOf(before).containsKey("clients/b/client.properties");
    }

    @Test
    void shouldGiveWhoeverSignsAKeyOfItsOwnAndTakeThatOfTheRevoked() {
        Path credentials = init("a", "b");

        List<String> keys = new ArrayList<>();
        for (String client : List.of("operator", "aggregator", "a", "b")) {
            Path folder = credentials.resolve("clients").resolve(client);
            String key =
                    KeyFile.read(folder.resolve("signing.key")).verifyingKey().toString();
            assertThat(folder.resolve("signing.pub")).hasContent(key + "\n");
            keys.add(key);
        }
        assertThat(keys).doesNotHaveDuplicates();
        assertThat(credentials.resolve("clients/admin/signing.key")).doesNotExist();
        try (SecurityDirectory directory = SecurityDirectory.existing(credentials)) {
            directory.revoke("b");
        }
        assertThat(credentials.resolve("clients/b/signing.key")).doesNotExist();
        assertThat(credentials.resolve("clients/a/signing.key")).exists();
    }

    @Test
    void shouldFinishWhatWasCutOff() throws Exception {
        Path credentials = init("a");
        String password = password(credentials, "a");
        Files.delete(credentials.resolve("clients/a/key.pem"));
        Files.delete(credentials.resolve("servers/broker/broker.properties"));

        init("a");

        assertThat(password(credentials, "a")).isEqualTo(password);
        assertThat(credentials.resolve("clients/a/key.pem")).exists();
        assertThat(credentials.resolve("servers/broker/broker.properties")).exists();
    }

    @Test
    void shouldIssueServersAgainForANewHostAndKeepClients() throws Exception {
        Path credentials = init("a");
        String key = Files.readString(credentials.resolve("clients/a/key.pem"));
        String brokerKey = Files.readString(credentials.resolve("servers/broker/key.pem"));

        try (SecurityDirectory directory = SecurityDirectory.open(credentials)) {
            directory.init(new SecurityRequest(
                    List.of("a"),
                    List.of("kafka-1.example", "10.0.0.7"),
                    Optional.of("kafka-1.example:9093"),
                    Optional.empty(),
                    Optional.empty()));
        }

        assertThat(Files.readString(credentials.resolve("clients/a/key.pem"))).isEqualTo(key);
        assertThat(Files.readString(credentials.resolve("servers/broker/key.pem")))
                .isNotEqualTo(brokerKey);
        assertThat(CertificateAuthority.hosts(certificate(credentials.resolve("servers/broker/certificate.pem"))))
                .contains("kafka-1.example", "10.0.0.7", "localhost", "127.0.0.1");
        assertThat(config(credentials, "a")).containsEntry("bootstrap.servers", "kafka-1.example:9093");
    }

    @Test
    void shouldIssueCertificatesThatTheAuthorityVouchesFor() throws Exception {
        Path credentials = init("a");
        X509Certificate ca = certificate(credentials.resolve("ca/ca.pem"));
        PKIXParameters trusted = new PKIXParameters(Set.of(new TrustAnchor(ca, null)));
        trusted.setRevocationEnabled(false);

        for (String folder : List.of("clients/a", "clients/admin", "servers/broker", "servers/registry")) {
            X509Certificate certificate = certificate(credentials.resolve(folder + "/certificate.pem"));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), trusted);
            assertThat(certificate.getBasicConstraints()).as("no authority").isEqualTo(-1);
            assertThat(certificate.getExtendedKeyUsage()).hasSize(2);
        }
        assertThat(ca.getBasicConstraints()).isZero();
        assertThat(certificate(credentials.resolve("clients/a/certificate.pem"))
                        .getSubjectX500Principal()
                        .getName())
                .isEqualTo("CN=a,OU=trainer,O=rondo");
    }

    @Test
    void shouldWriteClientFilesThatAConnectionTakes() {
        Path credentials = init("a");

        for (String file : List.of("client.properties", "client-certificate.properties")) {
            Map<String, String> config = ClientConfig.parse(read(credentials.resolve("clients/a/" + file)));
            LogConnection connection =
                    new LogConnection(config.get("bootstrap.servers"), config.get("schema.registry.url"), config);
            connection.registrar();
            assertThat(connection.toString())
                    .doesNotContain(password(credentials, "a"))
                    .doesNotContain("PRIVATE");
            String secret = file.contains("certificate") ? config.get("ssl.keystore.key") : password(credentials, "a");
            assertThat(connection.secrets().mask("-" + secret + "-")).isEqualTo("-***-");
        }
    }

    @Test
    void shouldGiveNewCredentialsAndNoOthers() {
        Path credentials = init("a", "b");
        Map<String, String> before = contents(credentials);

        try (SecurityDirectory directory = SecurityDirectory.existing(credentials)) {
            directory.rotate("a");
        }

        Map<String, String> after = contents(credentials);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        assertThat(after.keySet().stream().filter(file -> !after.get(file).equals(before.get(file))))
                .containsExactlyInAnyOrder(
                        "clients/a/client.properties",
                        "clients/a/client-certificate.properties",
                        "clients/a/key.pem",
                        "clients/a/keystore.pem",
                        "clients/a/certificate.pem");
    }

    @Test
    void shouldDeleteWhatARevokedTrainerHadAndGiveItsIdToNobody() {
        Path credentials = init("a", "b");

        try (SecurityDirectory directory = SecurityDirectory.existing(credentials)) {
            directory.revoke("a");
            directory.revoke("a");
            assertThat(directory.trainers()).containsExactly("b");
        }

        assertThat(credentials.resolve("clients/a/client.properties")).doesNotExist();
        assertThatThrownBy(() -> init("a")).isInstanceOf(RondoException.class).hasMessageContaining("revoked");
        assertThatThrownBy(() -> {
                    try (SecurityDirectory directory = SecurityDirectory.existing(credentials)) {
                        directory.revoke("aggregator");
                    }
                })
                .isInstanceOf(RondoException.class);
    }

    @Test
    void shouldRefuseADirectoryThatOthersCanReadAndNamesOfRoles() throws Exception {
        Path open = Files.createDirectory(temporary.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThatThrownBy(() -> SecurityDirectory.open(open))
                .isInstanceOf(RondoException.class)
                .hasMessageContaining("rights");
        for (String name : List.of("admin", "aggregator", "broker", "A b")) {
            assertThatThrownBy(() -> init(name)).as(name).isInstanceOf(RondoException.class);
        }
    }

    @Test
    void shouldLetOneProcessAtATimeChangeIt() {
        Path credentials = init("a");

        try (SecurityDirectory first = SecurityDirectory.existing(credentials)) {
            assertThat(first.trainers()).containsExactly("a");
            assertThatThrownBy(() -> SecurityDirectory.existing(credentials))
                    .isInstanceOf(RondoException.class)
                    .hasMessageContaining("another process");
        }
    }

    @Test
    void shouldSayWhenTheFirstCertificateEnds() {
        try (SecurityDirectory directory = SecurityDirectory.existing(init("a"))) {
            assertThat(directory.firstExpiry()).isAfter(Instant.now());
        }
    }

    private Path init(String... trainers) {
        Path credentials = temporary.resolve("credentials");
        try (SecurityDirectory directory = SecurityDirectory.open(credentials)) {
            directory.init(new SecurityRequest(
                    List.of(trainers), List.of(), Optional.empty(), Optional.empty(), Optional.empty()));
        }
        return credentials;
    }

    private static Map<String, String> config(Path credentials, String client) {
        return ClientConfig.parse(read(credentials.resolve("clients/" + client + "/client.properties")));
    }

    private static String password(Path credentials, String client) {
        return ClientConfig.password(read(credentials.resolve("clients/" + client + "/client.properties")))
                .orElseThrow();
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (var in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static Map<String, String> contents(Path root) {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("lock"))
                    .forEach(file -> contents.put(root.relativize(file).toString(), read(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return contents;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
