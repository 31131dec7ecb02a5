package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import io.rondo.cli.security.SecurityDirectory;
import io.rondo.cli.security.SecurityRequest;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RegistryAddress;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "init",
        description = "Create a certificate authority, keys, passwords and client files for a federation.",
        footer = {
            "",
            "Run it again to add missing credentials, such as those of a new trainer; existing ones stay. Nothing secret is"
                    + " printed."
        })
final class SecurityInitCommand extends ConsoleCommand {
    @Option(
            names = "--trainers",
            paramLabel = "ID,…",
            split = ",",
            required = true,
            description = "Ids of the trainers to create credentials for.")
    private List<String> trainers = new ArrayList<>();

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            required = true,
            description = "Directory of the credentials; only its owner can read it.")
    private Path directory;

    @Option(
            names = "--hosts",
            paramLabel = "HOST,…",
            split = ",",
            description =
                    "Names and addresses of brokers and registry for their certificates, in addition to localhost.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT,…",
            description = "The brokers' listener with passwords, for the client files. Default: localhost:9092.")
    private String bootstrapServers;

    @Option(
            names = "--certificate-servers",
            paramLabel = "HOST:PORT,…",
            description = "The brokers' listener with certificates, for the admin. Default: localhost:9094.")
    private String certificateServers;

    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            description = "The registry's address with https, for the client files. Default: https://localhost:8443.")
    private String schemaRegistry;

    /** The JSON result. */
    record Result(String directory, List<String> trainers, String firstExpiry) {}

    @Override
    public void run(Console console) {
        requireTls();
        try (SecurityDirectory credentials = SecurityDirectory.open(directory)) {
            credentials.init(new SecurityRequest(
                    trainers,
                    hosts,
                    Optional.ofNullable(bootstrapServers),
                    Optional.ofNullable(certificateServers),
                    Optional.ofNullable(schemaRegistry)));
            String expiry = credentials
                    .firstExpiry()
                    .atOffset(ZoneOffset.UTC)
                    .toLocalDate()
                    .toString();
            console.result(
                    new Result(directory.toString(), List.copyOf(credentials.trainers()), expiry),
                    "credentials of broker, registry, admin, operator, aggregator and trainers %s are in %s; the first"
                                    .formatted(String.join(", ", credentials.trainers()), directory)
                            + " certificate ends on " + expiry + System.lineSeparator()
                            + "  next: start the brokers with servers/broker/broker.properties, then rondo security"
                            + " apply --dir " + directory + " --job NAME");
        }
    }

    private void requireTls() {
        if (schemaRegistry == null) {
            return;
        }
        if (schemaRegistry.contains("@")) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--schema-registry " + RegistryAddress.redacted(schemaRegistry) + " holds credentials",
                    "leave them out: clients show the registry their certificates");
        }
        if (!schemaRegistry.startsWith("https://")) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--schema-registry " + schemaRegistry + " is not an address with TLS",
                    "give the registry's address with https");
        }
    }
}
