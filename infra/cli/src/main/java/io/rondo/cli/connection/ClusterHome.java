package io.rondo.cli.connection;

import io.rondo.cli.security.SecurityDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a directory of {@code rondo up} or {@code rondo demo} holds its cluster.
 *
 * @param data the data of broker and registry
 * @param credentials those of {@code rondo demo --secure}; empty for a cluster without TLS and users
 */
public record ClusterHome(Path data, Optional<Path> credentials) {
    /** The file by which the data of a cluster are known. */
    public static final String MARK = "embedded.properties";

    /** The demo keeps its cluster in a folder of its directory, and its credentials beside it. */
    public static Optional<ClusterHome> find(Path directory) {
        Path credentials = directory.resolve("credentials");
        return Stream.of(directory, directory.resolve("cluster"))
                .filter(data -> Files.isRegularFile(data.resolve(MARK)))
                .findFirst()
                .map(data -> new ClusterHome(
                        data, SecurityDirectory.isOne(credentials) ? Optional.of(credentials) : Optional.empty()));
    }
}
