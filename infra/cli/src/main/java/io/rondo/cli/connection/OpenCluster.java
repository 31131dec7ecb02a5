package io.rondo.cli.connection;

import io.rondo.cli.security.SecureCluster;
import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.embedded.RunningCluster;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A reachable cluster: an external one, or one that was started from a directory and stops when this is closed. */
public final class OpenCluster implements AutoCloseable {
    /** The client as which reading commands connect to the cluster of {@code rondo demo --secure}. */
    private static final String READER = "operator";

    private final LogConnection connection;
    private final Runnable close;

    private OpenCluster(LogConnection connection, Runnable close) {
        this.connection = connection;
        this.close = close;
    }

    /** A cluster that runs. */
    public static OpenCluster of(LogConnection connection) {
        return new OpenCluster(connection, () -> {});
    }

    /**
     * The cluster in a directory of {@code rondo demo} or {@code rondo up}. If it is already running, it is used unchanged.
     *
     * @param progress receives the progress
     * @throws RondoException with {@code JOB_NOT_FOUND} when the directory holds no log
     */
    public static OpenCluster in(Path directory, Consumer<String> progress) {
        ClusterHome home = ClusterHome.find(directory)
                .orElseThrow(() -> new RondoException(
                        ErrorCode.JOB_NOT_FOUND,
                        "there is no log in " + directory + ": no file " + ClusterHome.MARK
                                + " there, and none in its cluster folder",
                        "give the --dir of a `rondo demo` or of a `rondo up`"));
        Optional<RunningCluster> running = EmbeddedCluster.running(home.data());
        if (home.credentials().isPresent()) {
            return secure(home.data(), home.credentials().get(), running.isPresent(), progress);
        }
        if (running.isPresent()) {
            return of(new LogConnection(
                    running.get().bootstrapServers(), running.get().schemaRegistry(), Map.of()));
        }
        progress.accept("starting the broker and the registry of " + directory);
        EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedSettings.in(home.data()));
        return new OpenCluster(
                new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of()), cluster::close);
    }

    private static OpenCluster secure(Path home, Path credentials, boolean running, Consumer<String> progress) {
        if (running) {
            return of(SecureCluster.connection(credentials, READER));
        }
        progress.accept("starting the broker and the registry of " + home.getParent() + ", with TLS and users");
        SecureCluster cluster = SecureCluster.start(EmbeddedSettings.in(home), credentials, List.of(), List.of());
        try {
            return new OpenCluster(cluster.as(READER), cluster::close);
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    public LogConnection connection() {
        return connection;
    }

    @Override
    public void close() {
        close.run();
    }
}
