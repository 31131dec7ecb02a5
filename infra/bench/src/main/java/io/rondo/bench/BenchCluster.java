package io.rondo.bench;

import io.rondo.schemas.client.LogConnection;
import java.util.List;

/**
 * A cluster that is there already, for a benchmark that does not start its own.
 *
 * @param arguments the command line options by which a child process reaches it
 */
public record BenchCluster(LogConnection connection, List<String> arguments) {
    public BenchCluster {
        arguments = List.copyOf(arguments);
    }
}
