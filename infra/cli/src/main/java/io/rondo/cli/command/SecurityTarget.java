package io.rondo.cli.command;

import io.rondo.cli.rights.Quota;
import io.rondo.cli.security.ClusterRights;
import io.rondo.cli.security.SecurityDirectory;
import io.rondo.schemas.client.LogConnection;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A directory of credentials, and how to reach the brokers as someone who manages users and rights. */
public final class SecurityTarget {
    @Option(names = "--dir", paramLabel = "DIR", required = true, description = "Directory of rondo security init.")
    private Path directory;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "Connect with this file instead of the directory's clients/admin/client.properties.")
    private Path kafkaConfig;

    SecurityDirectory open() {
        return SecurityDirectory.existing(directory);
    }

    Path directory() {
        return directory;
    }

    ClusterRights rights(SecurityDirectory credentials, Quota quota) {
        LogConnection connection =
                kafkaConfig == null ? ClusterRights.admin(credentials) : ConnectionOptions.ofFile(kafkaConfig);
        return new ClusterRights(credentials, connection, quota);
    }
}
