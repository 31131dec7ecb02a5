package io.rondo.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where and how to run the broker and the registry.
 *
 * @param directory holds data and logs; made if missing
 * @param brokerPort the broker's port, or 0 for the one that this directory used before, else any free one
 * @param registryPort the registry's port, or 0 likewise
 * @param minimumDisk bytes that must be free on the directory's disk
 * @param minimumMemory bytes of memory that must be available
 * @param patience how long a start may take
 * @param exit whether the children are stopped by a shutdown hook
 * @param security what the broker asks of its clients; nothing, if empty
 */
public record EmbeddedSettings(
        Path directory,
        int brokerPort,
        int registryPort,
        long minimumDisk,
        long minimumMemory,
        Duration patience,
        Exit exit,
        Optional<Security> security) {
    private static final long MIB = 1L << 20;

    /** What happens when this JVM exits, by Ctrl-C for example. */
    public enum Exit {
        /** A shutdown hook closes the cluster. Hooks run side by side: whoever still writes then may fail. */
        CLOSE,
        /** The caller closes the cluster, after what uses it. The children go with the JVM in any case. */
        LEAVE_TO_CALLER
    }

    /**
     * TLS, users and rights of a broker. It listens with passwords where it would listen without, and with certificates on
     * a port of its own.
     *
     * @param broker properties for listeners that are called CLIENTS, CERTIFICATES and CONTROLLER
     * @param admin properties of a client that shows a certificate
     */
    public record Security(Map<String, String> broker, Map<String, String> admin) {
        public Security {
            broker = Map.copyOf(broker);
            admin = Map.copyOf(admin);
        }

        @Override
        public String toString() {
            return "security";
        }
    }

    public EmbeddedSettings {
        directory = directory.toAbsolutePath().normalize();
        requirePort(brokerPort);
        requirePort(registryPort);
        Objects.requireNonNull(patience);
        Objects.requireNonNull(exit);
    }

    /** Free ports, 512 MiB of disk, 700 MiB of memory, 90 s, closed on exit. */
    public static EmbeddedSettings in(Path directory) {
        return new EmbeddedSettings(
                directory, 0, 0, 512 * MIB, 700 * MIB, Duration.ofSeconds(90), Exit.CLOSE, Optional.empty());
    }

    public EmbeddedSettings withPorts(int broker, int registry) {
        return new EmbeddedSettings(directory, broker, registry, minimumDisk, minimumMemory, patience, exit, security);
    }

    public EmbeddedSettings withMinimumDisk(long bytes) {
        return new EmbeddedSettings(
                directory, brokerPort, registryPort, bytes, minimumMemory, patience, exit, security);
    }

    public EmbeddedSettings withMinimumMemory(long bytes) {
        return new EmbeddedSettings(directory, brokerPort, registryPort, minimumDisk, bytes, patience, exit, security);
    }

    public EmbeddedSettings withPatience(Duration time) {
        return new EmbeddedSettings(
                directory, brokerPort, registryPort, minimumDisk, minimumMemory, time, exit, security);
    }

    public EmbeddedSettings withExit(Exit how) {
        return new EmbeddedSettings(
                directory, brokerPort, registryPort, minimumDisk, minimumMemory, patience, how, security);
    }

    public EmbeddedSettings withSecurity(Security wanted) {
        return new EmbeddedSettings(
                directory, brokerPort, registryPort, minimumDisk, minimumMemory, patience, exit, Optional.of(wanted));
    }

    private static void requirePort(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
    }
}
