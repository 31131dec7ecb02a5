package io.rondo.e2e;

import io.rondo.embedded.EmbeddedCluster;
import io.rondo.embedded.EmbeddedSettings;
import io.rondo.schemas.client.LogConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * One embedded cluster for all tests of a JVM, stopped at its end: where a build has several JVMs, each class is a run of its own to
 * JUnit, so that its stores do not live long enough. When a test fails, this shows what the broker said last.
 */
final class SharedCluster implements ParameterResolver, TestWatcher {
    private static final int SHOWN_LINES = 40;
    private static Running running;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == LogConnection.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        synchronized (SharedCluster.class) {
            if (running == null) {
                running = Running.start();
                Runtime.getRuntime().addShutdownHook(new Thread(running::close, "shared-cluster"));
            }
            return running.connection();
        }
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        synchronized (SharedCluster.class) {
            if (running != null) {
                System.out.println(context.getDisplayName() + " failed; the broker's log ends with:");
                running.lastOfBrokerLog().forEach(System.out::println);
            }
        }
    }

    private record Running(EmbeddedCluster cluster, Path directory) {

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

        List<String> lastOfBrokerLog() {
            try {
                List<String> lines =
                        Files.readAllLines(directory.resolve("logs").resolve("broker.log"));
                return lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size());
            } catch (IOException e) {
                return List.of(e.toString());
            }
        }

        void close() {
            cluster.close();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
