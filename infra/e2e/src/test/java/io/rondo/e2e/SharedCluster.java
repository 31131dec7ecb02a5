package io.rondo.e2e;

import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.schemas.client.LogConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One embedded cluster for all tests of a run, stopped at its end. */
final class SharedCluster implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SharedCluster.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == LogConnection.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent("cluster", key -> Running.start(), Running.class)
                .connection();
    }

    private record Running(EmbeddedCluster cluster, Path directory) implements AutoCloseable {

        static Running start() {
            try {
                Path directory = Files.createTempDirectory("rondo-e2e-");
                return new Running(EmbeddedCluster.start(EmbeddedSettings.in(directory)), directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        LogConnection connection() {
            return new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
        }

        @Override
        public void close() throws IOException {
            cluster.close();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
