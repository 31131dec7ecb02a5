package io.rondo.bench;

import io.rondo.schemas.client.LogConnection;
import java.util.List;
import java.util.Map;

/**
 * A cluster that is there already, for a benchmark that does not start its own.
 *
 * @param arguments the command line options by which a child process reaches it
 * @param environment what it needs to know besides
 */
public record BenchCluster(LogConnection connection, List<String> arguments, Map<String, String> environment) {
    public BenchCluster {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }
}
