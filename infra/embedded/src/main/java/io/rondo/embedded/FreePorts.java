package io.rondo.embedded;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free loopback ports. Each goes to one server: it is free until that has started, and must not go to another in the meantime, nor to
 * one of another process.
 */
public final class FreePorts {
    /**
     * Below the ports that systems give to outgoing connections: one of those may be taken in the seconds between its choice and the
     * server's start.
     */
    private static final int FIRST = 20_000;

    private static final int LAST = 32_000;
    private static final int TRIES = 100;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();
    /** A byte for each port, locked by the process that has given it; empty where no such file can be opened. */
    private static final Optional<FileChannel> CLAIMS = claims();

    private FreePorts() {}

    /** @throws RondoException with {@code PORT_IN_USE} when no port is free */
    public static int next() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (isFree(port) && GIVEN.add(port) && isClaimed(port)) {
                return port;
            }
        }
        return anyOfTheSystem();
    }

    /** Gives this port to nobody else. */
    static void reserve(int port) {
        GIVEN.add(port);
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // connections of the last start may still linger; they do not keep a server from the port
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private static Optional<FileChannel> claims() {
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "rondo-ports-" + System.getProperty("user.name"));
        try {
            return Optional.of(FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether this process has the port now, until it ends. */
    private static boolean isClaimed(int port) {
        if (CLAIMS.isEmpty()) {
            return true;
        }
        try {
            return CLAIMS.get().tryLock(port, 1, false) != null;
        } catch (IOException e) {
            // a file system without locks
            return true;
        }
    }

    private static int anyOfTheSystem() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = socket.getLocalPort();
            reserve(port);
            return port;
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.PORT_IN_USE,
                    "no port is free on loopback: " + e.getMessage(),
                    "check that this user may listen on loopback ports",
                    e);
        }
    }
}
