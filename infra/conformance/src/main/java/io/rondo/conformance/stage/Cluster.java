package io.rondo.conformance.stage;

import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** The cluster that scenarios share: the kit's own, which it may stop and start, or a given one. Safe for any thread. */
public final class Cluster implements AutoCloseable {
    private final LogConnection connection;
    private final Path directory;
    private final RecordCodec codec;
    private final Admin admin;
    private final Pulse pulse;
    private EmbeddedCluster embedded;

    private Cluster(LogConnection connection, Path directory, EmbeddedCluster embedded) {
        this.connection = connection;
        this.directory = directory;
        this.embedded = embedded;
        this.admin = connection.admin();
        this.codec = connection.codec(SchemaRegistration.REGISTER);
        JobTopics topics = new JobTopics("conformance", 1, 1);
        List<Topic> all = new ArrayList<>(topics.fixed());
        all.add(topics.round(0));
        connection.registrar().register(all);
        this.pulse = new Pulse(this::ask);
    }

    /** Starts a broker and a registry. */
    public static Cluster start(Path directory) {
        EmbeddedCluster embedded = EmbeddedCluster.start(EmbeddedSettings.in(directory));
        try {
            LogConnection connection = patient(embedded.bootstrapServers(), embedded.schemaRegistry());
            return new Cluster(connection, directory, embedded);
        } catch (RuntimeException | Error e) {
            embedded.close();
            throw e;
        }
    }

    /** A cluster that runs. */
    public static Cluster given(String bootstrapServers, String schemaRegistry) {
        return new Cluster(patient(bootstrapServers, schemaRegistry), null, null);
    }

    /** The kit's clients wait longer than any trainer: one that gives up ends the scenario, and says nothing of the trainer. */
    private static LogConnection patient(String bootstrapServers, String schemaRegistry) {
        return new LogConnection(
                bootstrapServers,
                schemaRegistry,
                Map.of("request.timeout.ms", "60000", "default.api.timeout.ms", "300000"));
    }

    public LogConnection connection() {
        return connection;
    }

    RecordCodec codec() {
        return codec;
    }

    Admin admin() {
        return admin;
    }

    private void ask() {
        try {
            admin.describeCluster().nodes().get();
        } catch (ExecutionException e) {
            // how long it took is all that counts
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The longest time that the broker has taken to answer, but for the times when the kit had stopped it.
     *
     * @param since by {@link System#nanoTime()}
     */
    public Duration slowestAnswer(long since) {
        return pulse.slowest(since);
    }

    /** Whether broker and registry are the kit's own. */
    public boolean isOwn() {
        return directory != null;
    }

    /**
     * Stops broker and registry, and starts them again with their data and on their ports.
     *
     * @param meanwhile done while they are away
     * @throws NotApplicable where they are not the kit's own
     */
    public synchronized void away(Runnable meanwhile) {
        if (!isOwn()) {
            throw new NotApplicable("the cluster is not the kit's own, so it is not stopped");
        }
        pulse.rest();
        embedded.close();
        try {
            meanwhile.run();
        } finally {
            embedded = EmbeddedCluster.start(EmbeddedSettings.in(directory));
            pulse.resume();
        }
    }

    @Override
    public synchronized void close() {
        pulse.close();
        codec.close();
        admin.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
