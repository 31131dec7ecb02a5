package io.rondo.demo;

import io.rondo.cli.process.ChildKind;
import io.rondo.cli.security.SecureCluster;
import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.sign.KeyFile;
import io.rondo.schemas.sign.SigningKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The demo's broker and registry: open to this machine, or with TLS, passwords and rights. */
final class DemoCluster implements AutoCloseable {
    private final EmbeddedCluster cluster;
    private final String registry;
    private final Function<String, LogConnection> users;
    private final Function<String, List<String>> options;
    private final Function<String, Optional<SigningKey>> keys;
    private final ChildKind aggregator;
    private final Runnable close;

    private DemoCluster(
            EmbeddedCluster cluster,
            String registry,
            Function<String, LogConnection> users,
            Function<String, List<String>> options,
            Function<String, Optional<SigningKey>> keys,
            ChildKind aggregator,
            Runnable close) {
        this.cluster = cluster;
        this.registry = registry;
        this.users = users;
        this.options = options;
        this.keys = keys;
        this.aggregator = aggregator;
        this.close = close;
    }

    /** One that everybody on this machine may use. */
    static DemoCluster open(DemoDirectory home) {
        EmbeddedCluster cluster = EmbeddedCluster.start(settings(home));
        return new DemoCluster(
                cluster,
                cluster.schemaRegistry(),
                user -> new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of()),
                user -> List.of(
                        "--bootstrap-servers", cluster.bootstrapServers(),
                        "--schema-registry", cluster.schemaRegistry()),
                user -> Optional.empty(),
                ChildKind.AGGREGATOR,
                cluster::close);
    }

    /** One on which each process has its own credentials, and its role's rights. */
    static DemoCluster secure(DemoDirectory home, List<String> trainers) {
        SecureCluster secure =
                SecureCluster.start(settings(home), home.credentials(), trainers, List.of(DemoSettings.JOB));
        return new DemoCluster(
                secure.cluster(),
                secure.as("operator").schemaRegistry(),
                secure::as,
                user -> List.of(
                        "--kafka-config", secure.config(user).toString(),
                        "--key", secure.signingKey(user).toString()),
                user -> Optional.of(KeyFile.read(secure.signingKey(user))),
                ChildKind.ENCRYPTING_AGGREGATOR,
                secure::close);
    }

    private static EmbeddedSettings settings(DemoDirectory home) {
        return EmbeddedSettings.in(home.cluster()).withExit(EmbeddedSettings.Exit.LEAVE_TO_CALLER);
    }

    String bootstrapServers() {
        return cluster.bootstrapServers();
    }

    String schemaRegistry() {
        return registry;
    }

    /** How its aggregator starts. */
    ChildKind aggregator() {
        return aggregator;
    }

    /** The connection of a process: operator, aggregator or a trainer. */
    LogConnection as(String user) {
        return users.apply(user);
    }

    /** The key with which the operator, the aggregator or a trainer signs, where records are signed. */
    Optional<SigningKey> key(String user) {
        return keys.apply(user);
    }

    /** The command line's options that connect a process. */
    List<String> options(String user) {
        List<String> all = new ArrayList<>(List.of("--job", DemoSettings.JOB));
        all.addAll(connection(user));
        return all;
    }

    /** The same without the job. */
    List<String> connection(String user) {
        return options.apply(user);
    }

    @Override
    public void close() {
        close.run();
    }
}
