package io.rondo.cli.security;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.sign.KeyFile;
import io.rondo.schemas.sign.SigningKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The credentials of a federation in one directory: the authority's key in {@code ca}, files for brokers and registry in
 * {@code servers}, and a folder for each client in {@code clients}, the only files that its holder receives.
 */
public final class SecurityDirectory implements AutoCloseable {
    static final String SETTINGS = "security.json";
    static final String CONFIG = "client.properties";
    static final String CERTIFICATE_CONFIG = "client-certificate.properties";
    static final String SIGNING_KEY = "signing.key";

    private static final String PUBLIC_SIGNING_KEY = "signing.pub";

    private static final String CA_KEY = "ca/key.pem";
    private static final String CA_CERTIFICATE = "ca/ca.pem";
    private static final Duration VALIDITY = Duration.ofDays(825);
    private static final int PASSWORD_BYTES = 24;
    private static final SecuritySettings NEW = new SecuritySettings(
            "localhost:9092",
            "localhost:9094",
            "https://localhost:8443",
            new TreeSet<>(Set.of("localhost", "127.0.0.1")),
            new TreeSet<>(),
            new TreeSet<>());

    private final PrivateDirectory files;
    private final Instant now;
    private final SecureRandom random = new SecureRandom();

    private SecurityDirectory(PrivateDirectory files, Instant now) {
        this.files = files;
        this.now = now;
    }

    /** Opens a directory that is to hold credentials; the caller closes it. */
    public static SecurityDirectory open(Path directory) {
        return new SecurityDirectory(PrivateDirectory.open(directory), Instant.now());
    }

    /** Opens one that holds some. @throws RondoException with {@code BAD_CONFIG} when it does not */
    public static SecurityDirectory existing(Path directory) {
        if (!isOne(directory)) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    directory + " holds no credentials: there is no " + SETTINGS,
                    "create them with `rondo security init`, or give its --dir");
        }
        return open(directory);
    }

    /** Whether a directory holds credentials. */
    public static boolean isOne(Path directory) {
        return Files.isRegularFile(directory.resolve(SETTINGS));
    }

    /** Creates missing files, and keeps existing ones. */
    public void init(SecurityRequest request) {
        SecuritySettings settings = settings().orElse(NEW).with(request);
        authority();
        files.write(SETTINGS, settings.json());
        settings.members().forEach(member -> {
            Optional<Identity> known = identity(member);
            boolean isFit = known.isPresent()
                    && (!member.isServer()
                            || CertificateAuthority.hosts(known.get().certificate())
                                    .containsAll(settings.hosts()));
            write(
                    member,
                    isFit ? known.get() : issue(member, settings),
                    password(member).or(this::newPassword),
                    settings);
            if (member.kind().role().isPresent()) {
                signingKey(member);
            }
        });
    }

    /** The log determines which of these keys is valid, so none is ever replaced here. */
    private void signingKey(Member member) {
        Path file = files.path(member.folder() + '/' + SIGNING_KEY);
        SigningKey key = Files.exists(file) ? KeyFile.read(file) : KeyFile.create(file);
        files.write(member.folder() + '/' + PUBLIC_SIGNING_KEY, key.verifyingKey() + "\n");
    }

    /** A new key, certificate and password for one. @throws RondoException with {@code BAD_CONFIG} when there is none such */
    public void rotate(String name) {
        SecuritySettings settings = requireSettings();
        Member member = require(name, settings);
        write(member, issue(member, settings), newPassword(), settings);
    }

    /** Revokes a trainer's credentials: its private files are deleted, and its id is not reused. */
    public void revoke(String trainer) {
        SecuritySettings settings = requireSettings();
        if (settings.revoked().contains(trainer)) {
            return;
        }
        Member member = require(trainer, settings);
        if (member.kind() != Member.Kind.TRAINER) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "'" + trainer + "' is a role that the federation needs",
                    "give it new credentials with `rondo security rotate`");
        }
        files.write(SETTINGS, settings.revoke(trainer).json());
        for (String file : List.of("key.pem", "keystore.pem", SIGNING_KEY, CONFIG, CERTIFICATE_CONFIG)) {
            files.delete(member.folder() + '/' + file);
        }
    }

    /** Ids of the trainers that have credentials. */
    public NavigableSet<String> trainers() {
        return requireSettings().trainers();
    }

    /** When the first certificate expires. */
    public Instant firstExpiry() {
        return requireSettings().members().stream()
                .flatMap(member -> identity(member).stream())
                .map(identity -> identity.certificate().getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElse(now);
    }

    /** The file of a client for {@code --kafka-config}. */
    public Path config(String client) {
        return files.path("clients/" + client + '/' + CONFIG);
    }

    /** The contents of a client's file. */
    public Map<String, String> properties(String client) {
        return properties(client, CONFIG);
    }

    /** The same, for clients that authenticate by certificate instead of password. */
    public Map<String, String> certificateProperties(String client) {
        return properties(client, CERTIFICATE_CONFIG);
    }

    private Map<String, String> properties(String client, String file) {
        return ClientConfig.parse(files.read("clients/" + client + '/' + file)
                .orElseThrow(() -> new RondoException(
                        ErrorCode.BAD_CONFIG,
                        "there are no credentials of '" + client + "'",
                        "create them with `rondo security init`")));
    }

    /** A broker's properties for its listeners with these names only. */
    public Map<String, String> brokerProperties() {
        return ClientConfig.parse(files.read("servers/broker/broker.properties").orElseThrow());
    }

    /** The registry's TLS properties, under the names of a client's. */
    Map<String, String> registryProperties() {
        return ClientConfig.parse(
                files.read("servers/registry/registry.properties").orElseThrow());
    }

    SecuritySettings requireSettings() {
        return settings()
                .orElseThrow(() -> new RondoException(
                        ErrorCode.BAD_CONFIG,
                        "there is no " + SETTINGS + " in " + files.path(""),
                        "create it with `rondo security init`"));
    }

    /** The password of a client that has one. */
    Optional<String> password(Member member) {
        return member.isServer() || member.kind() == Member.Kind.ADMIN
                ? Optional.empty()
                : files.read(member.folder() + '/' + CONFIG).flatMap(ClientConfig::password);
    }

    private Optional<SecuritySettings> settings() {
        return files.read(SETTINGS).map(SecuritySettings::parse);
    }

    private static Member require(String name, SecuritySettings settings) {
        return settings.members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RondoException(
                        ErrorCode.BAD_CONFIG,
                        "there are no credentials of '" + name + "'",
                        "these have some: "
                                + String.join(
                                        ", ",
                                        settings.members().stream()
                                                .map(Member::name)
                                                .toList())));
    }

    private CertificateAuthority authority() {
        Optional<String> key = files.read(CA_KEY);
        if (key.isEmpty()) {
            CertificateAuthority created = CertificateAuthority.create(now);
            // the key last: without it nothing was issued yet
            files.write(CA_CERTIFICATE, created.identity().certificatePem());
            files.write(CA_KEY, created.identity().keyPem());
            return created;
        }
        return new CertificateAuthority(
                parse("ca", key.get(), files.read(CA_CERTIFICATE).orElse("")));
    }

    private Optional<Identity> identity(Member member) {
        return files.read(member.folder() + "/key.pem")
                .map(key -> parse(
                        member.folder(),
                        key,
                        files.read(member.folder() + "/certificate.pem").orElse("")));
    }

    private static Identity parse(String folder, String key, String certificate) {
        try {
            return Identity.of(key, certificate);
        } catch (GeneralSecurityException e) {
            // its text may contain a part of the key
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the key or the certificate in " + folder + " cannot be read",
                    "restore the folder from a backup, or delete it and run `rondo security init` again");
        }
    }

    private Identity issue(Member member, SecuritySettings settings) {
        return authority()
                .issue(
                        member.name(),
                        member.kind().unit(),
                        member.isServer() ? settings.hosts() : List.of(),
                        now,
                        VALIDITY);
    }

    private Optional<String> newPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        return Optional.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** The key last: a folder without one is rewritten. */
    private void write(Member member, Identity identity, Optional<String> password, SecuritySettings settings) {
        String folder = member.folder() + '/';
        Identity ca = authority().identity();
        files.write(folder + "ca.pem", ca.certificatePem());
        switch (member.kind()) {
            case BROKER ->
                files.write(
                        folder + "broker.properties",
                        ClientConfig.text("The security of a broker", BrokerConfig.of(identity, ca)));
            case REGISTRY ->
                files.write(
                        folder + "registry.properties",
                        ClientConfig.text("The gate before the registry", ClientConfig.server(identity, ca)));
            case ADMIN ->
                files.write(
                        folder + CONFIG,
                        ClientConfig.text("The admin", ClientConfig.certificate(identity, ca, settings)));
            case OPERATOR, AGGREGATOR, TRAINER -> {
                files.write(
                        folder + CONFIG,
                        ClientConfig.text(
                                "User " + member.name() + ", by password",
                                ClientConfig.scram(member, password.orElseThrow(), identity, ca, settings)));
                files.write(
                        folder + CERTIFICATE_CONFIG,
                        ClientConfig.text(
                                "User " + member.name() + ", by certificate",
                                ClientConfig.certificate(identity, ca, settings)));
            }
        }
        files.write(folder + "certificate.pem", identity.certificatePem());
        // what Kafka's clients take as one file, whoever configures them
        files.write(folder + "keystore.pem", identity.keyPem() + identity.certificatePem());
        files.write(folder + "key.pem", identity.keyPem());
    }

    @Override
    public void close() {
        files.close();
    }
}
