package io.rondo.embedded;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.util.Optional;

/** Chooses loopback ports: the one that is asked for, else the one of the last start, else a free one. */
final class Ports {
    static final String HOST = "127.0.0.1";

    private final ClusterDirectory directory;

    Ports(ClusterDirectory directory) {
        this.directory = directory;
    }

    /**
     * @param wanted the port that the user asked for, or 0
     * @throws RondoException with {@code PORT_IN_USE} when the user's port is taken
     */
    int choose(String key, int wanted) throws IOException {
        if (wanted != 0 && !FreePorts.isFree(wanted)) {
            throw new RondoException(
                    ErrorCode.PORT_IN_USE,
                    "port " + wanted + " on " + HOST + " is in use",
                    "stop what listens there, or choose another port, or none");
        }
        int port =
                wanted != 0 ? wanted : remembered(key).filter(FreePorts::isFree).orElseGet(FreePorts::next);
        FreePorts.reserve(port);
        directory.remember(key, Integer.toString(port));
        return port;
    }

    private Optional<Integer> remembered(String key) {
        return directory
                .remembered(key)
                .filter(text -> text.matches("\\d{1,5}"))
                .map(Integer::valueOf);
    }
}
