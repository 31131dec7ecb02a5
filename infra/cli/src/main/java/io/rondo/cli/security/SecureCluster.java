package io.rondo.cli.security;

import io.rondo.cli.rights.Quota;
import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.schemas.client.LogConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A secured broker and registry on this machine: TLS everywhere, authentication by password or certificate, authorization by
 * ACLs. The credentials are in a separate directory.
 */
public final class SecureCluster implements AutoCloseable {
    private final Path credentials;
    private final EmbeddedCluster cluster;
    private final RegistryGate gate;

    private SecureCluster(Path credentials, EmbeddedCluster cluster, RegistryGate gate) {
        this.credentials = credentials;
        this.cluster = cluster;
        this.gate = gate;
    }

    /**
     * Starts it, with credentials for these trainers, and the rights on these jobs.
     *
     * @param credentials directory of the credentials; made if missing
     */
    public static SecureCluster start(
            EmbeddedSettings settings, Path credentials, List<String> trainers, List<String> jobs) {
        try (SecurityDirectory directory = SecurityDirectory.open(credentials)) {
            directory.init(
                    new SecurityRequest(trainers, List.of(), Optional.empty(), Optional.empty(), Optional.empty()));
            Map<String, String> admin = new HashMap<>(directory.properties(Member.ADMIN.name()));
            admin.keySet().removeIf(key -> key.startsWith("schema.registry."));
            EmbeddedCluster cluster = EmbeddedCluster.start(
                    settings.withSecurity(new EmbeddedSettings.Security(directory.brokerProperties(), admin)));
            RegistryGate gate = null;
            try {
                gate = RegistryGate.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        URI.create(cluster.schemaRegistry()),
                        directory);
                directory.init(SecurityRequest.local(
                        trainers,
                        cluster.bootstrapServers(),
                        cluster.certificateServers().orElseThrow(),
                        "https://127.0.0.1:" + gate.port()));
                new ClusterRights(directory, ClusterRights.admin(directory), Quota.DEFAULT).apply(jobs);
                return new SecureCluster(credentials, cluster, gate);
            } catch (RuntimeException | Error e) {
                if (gate != null) {
                    gate.close();
                }
                cluster.close();
                throw e;
            }
        }
    }

    /** The connection of a client of the directory, read from its file. */
    public static LogConnection connection(Path credentials, String client) {
        try (SecurityDirectory directory = SecurityDirectory.existing(credentials)) {
            Map<String, String> config = directory.properties(client);
            return new LogConnection(config.get("bootstrap.servers"), config.get("schema.registry.url"), config);
        }
    }

    /** The connection of one of the clients. */
    public LogConnection as(String client) {
        return connection(credentials, client);
    }

    /** The file of a client for {@code --kafka-config}. */
    public Path config(String client) {
        return credentials.resolve("clients").resolve(client).resolve(SecurityDirectory.CONFIG);
    }

    /** The file of the key with which the operator, the aggregator or a trainer signs. */
    public Path signingKey(String client) {
        return config(client).resolveSibling(SecurityDirectory.SIGNING_KEY);
    }

    public EmbeddedCluster cluster() {
        return cluster;
    }

    @Override
    public void close() {
        gate.close();
        cluster.close();
    }
}
