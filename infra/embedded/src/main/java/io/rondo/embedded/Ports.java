package io.rondo.embedded;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Chooses loopback ports: the one that is asked for, else the one of the last start, else a free one. */
final class Ports {
    static final String HOST = "127.0.0.1";

    /**
     * Below the ports that systems give to outgoing connections: one of those may be taken in the seconds between its choice and the
     * server's start.
     */
    private static final int FIRST = 20_000;

    private static final int LAST = 32_000;
    private static final int TRIES = 100;

    private final ClusterDirectory directory;

    Ports(ClusterDirectory directory) {
        this.directory = directory;
    }

    /**
     * @param wanted the port that the user asked for, or 0
     * @throws RondoException with {@code PORT_IN_USE} when the user's port is taken
     */
    int choose(String key, int wanted) throws IOException {
        if (wanted != 0 && !isFree(wanted)) {
            throw new RondoException(
                    ErrorCode.PORT_IN_USE,
                    "port " + wanted + " on " + HOST + " is in use",
                    "stop what listens there, or choose another port, or none");
        }
        int port = wanted != 0 ? wanted : remembered(key).filter(Ports::isFree).orElseGet(Ports::anyFree);
        directory.remember(key, Integer.toString(port));
        return port;
    }

    private Optional<Integer> remembered(String key) {
        return directory
                .remembered(key)
                .filter(text -> text.matches("\\d{1,5}"))
                .map(Integer::valueOf);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // connections of the last start may still linger; they do not keep a server from the port
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private static int anyFree() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (isFree(port)) {
                return port;
            }
        }
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.PORT_IN_USE,
                    "no port is free on " + HOST + ": " + e.getMessage(),
                    "check that this user may listen on loopback ports",
                    e);
        }
    }
}
