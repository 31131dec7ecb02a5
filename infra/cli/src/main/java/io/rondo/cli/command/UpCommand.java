package io.rondo.cli.command;

import io.rondo.cli.connection.ClusterHome;
import io.rondo.cli.output.Console;
import io.rondo.cli.process.Service;
import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.Optional;
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
                    "Directory of their data; the same directory, also that of a demo, continues the same log. Default:"
                            + " ${DEFAULT-VALUE}.")
    private Path directory;

    /** The JSON result. */
    record Result(String bootstrapServers, String schemaRegistry) {}

    @Override
    public void run(Console console) {
        Path data = data(directory);
        console.progress("starting a broker and a registry in " + data);
        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(data))) {
            console.result(
                    new Result(cluster.bootstrapServers(), cluster.schemaRegistry()),
                    "export RONDO_BOOTSTRAP_SERVERS=%s%nexport RONDO_SCHEMA_REGISTRY=%s"
                            .formatted(cluster.bootstrapServers(), cluster.schemaRegistry()));
            console.progress("ready; other commands find them by these variables. Stop with Ctrl-C");
            CountDownLatch stop = new CountDownLatch(1);
            Service.run(() -> await(stop), stop::countDown);
        }
    }

    /**
     * Continues the log of a demo's directory. A second cluster beside it would hide that log from other commands.
     *
     * @throws RondoException with {@code NOT_YET_SUPPORTED} for the directory of a secure demo
     */
    static Path data(Path directory) {
        Optional<ClusterHome> home = ClusterHome.find(directory);
        if (home.flatMap(ClusterHome::credentials).isPresent()) {
            throw new RondoException(
                    ErrorCode.NOT_YET_SUPPORTED,
                    directory + " holds a cluster with TLS and users, and `rondo up` runs one without",
                    "read it by `rondo rounds --dir " + directory + "`, or give another --dir");
        }
        return home.map(ClusterHome::data).orElse(directory);
    }

    private static void await(CountDownLatch stop) {
        try {
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
