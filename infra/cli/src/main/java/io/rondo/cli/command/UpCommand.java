package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import io.rondo.cli.process.Service;
import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "up", description = "Run a Kafka broker and a schema registry on this machine until they are stopped.")
public final class UpCommand extends ConsoleCommand {
    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = ".rondo/cluster",
            description =
                    "Directory of their data; the same directory continues the same log. Default: ${DEFAULT-VALUE}.")
    private Path directory;

    /** The JSON result. */
    record Result(String bootstrapServers, String schemaRegistry) {}

    @Override
    public void run(Console console) {
        console.progress("starting a broker and a registry in " + directory);
        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(directory))) {
            console.result(
                    new Result(cluster.bootstrapServers(), cluster.schemaRegistry()),
                    "export RONDO_BOOTSTRAP_SERVERS=%s%nexport RONDO_SCHEMA_REGISTRY=%s"
                            .formatted(cluster.bootstrapServers(), cluster.schemaRegistry()));
            console.progress("ready; other commands find them by these variables. Stop with Ctrl-C");
            CountDownLatch stop = new CountDownLatch(1);
            Service.run(() -> await(stop), stop::countDown);
        }
    }

    private static void await(CountDownLatch stop) {
        try {
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
