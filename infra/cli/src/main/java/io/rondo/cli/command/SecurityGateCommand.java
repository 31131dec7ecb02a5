package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import io.rondo.cli.process.Service;
import io.rondo.cli.security.RegistryGate;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.errors.InterruptException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "gate",
        description = "Stand before a registry without users: TLS, certificates, and changes only from some.",
        footer = {
            "",
            "Trainers may read schemas; the admin, the operator and the aggregator may register them. Nobody else"
                    + " should reach the registry itself."
        })
final class SecurityGateCommand extends ConsoleCommand {
    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8443",
            description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
    private String listen;

    @Option(
            names = "--registry",
            paramLabel = "URL",
            required = true,
            description = "Root of the registry's Confluent-compatible interface.")
    private URI registry;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description =
                    "servers/registry/registry.properties of rondo security init: ssl.keystore.*, ssl.truststore.*.")
    private Path config;

    @Override
    public void run(Console console) {
        int colon = listen.lastIndexOf(':');
        if (colon < 1 || !listen.substring(colon + 1).matches("\\d{1,5}") || port(colon) > 65_535) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG, "--listen is " + listen, "give HOST:PORT, such as 0.0.0.0:8443");
        }
        if (registry.getHost() == null || registry.getRawUserInfo() != null) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--registry is not an address, or contains credentials",
                    "give an address such as http://127.0.0.1:8081");
        }
        CountDownLatch stopped = new CountDownLatch(1);
        try (RegistryGate gate = RegistryGate.start(
                new InetSocketAddress(listen.substring(0, colon), port(colon)),
                registry,
                ConnectionOptions.read(config))) {
            console.progress("gate of " + registry + " on port " + gate.port() + "; stop it with Ctrl-C");
            Service.run(
                    () -> {
                        try {
                            stopped.await();
                        } catch (InterruptedException e) {
                            throw new InterruptException(e);
                        }
                    },
                    stopped::countDown);
        }
    }

    private int port(int colon) {
        return Integer.parseInt(listen.substring(colon + 1));
    }
}
