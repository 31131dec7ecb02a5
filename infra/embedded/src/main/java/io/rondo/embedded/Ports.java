package io.rondo.embedded;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/** Chooses loopback ports: the one that is asked for, else the one of the last start, else a free one. */
final class Ports {
    static final String HOST = "127.0.0.1";

    private final DataDirectory directory;

    Ports(DataDirectory directory) {
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
