package io.rondo.cli.web;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;

/** Serves the web page about jobs of a cluster. Found with {@link ServiceLoader}, so it is optional in an installation. */
public interface WebPage {

    /**
     * The address and access settings of the page.
     *
     * @param address the listening address; port 0 for any free port
     * @param login file with the password; no password is required if empty
     * @param hosts host names by which browsers reach it, in addition to addresses and localhost
     */
    record Settings(InetSocketAddress address, Optional<Path> login, List<String> hosts) {
        public Settings {
            hosts = List.copyOf(hosts);
        }
    }

    /** A page that is served until it is closed. */
    interface Served extends AutoCloseable {
        /** The URL for a browser on this machine. */
        String url();

        @Override
        void close();
    }

    /**
     * Starts serving.
     *
     * @param jobs which jobs it shows, by name
     * @throws RondoException with {@code PORT_IN_USE} or {@code BAD_CONFIG}
     */
    Served start(LogConnection connection, Predicate<String> jobs, Settings settings);

    /**
     * The page of this installation.
     *
     * @throws RondoException with {@code COMMAND_NOT_INSTALLED} if it has none
     */
    static WebPage installed() {
        return ServiceLoader.load(WebPage.class)
                .findFirst()
                .orElseThrow(() -> new RondoException(
                        ErrorCode.COMMAND_NOT_INSTALLED,
                        "the web page is not part of this installation",
                        "add rondo-page to the class path, or leave --web out"));
    }
}
