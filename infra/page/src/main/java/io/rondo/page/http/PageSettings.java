package io.rondo.page.http;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the page is served, and to whom.
 *
 * @param address where it listens; port 0 for any that is free
 * @param login file of the password; nobody is asked for one, if empty
 * @param hosts names by which browsers reach it, besides addresses and localhost
 */
public record PageSettings(InetSocketAddress address, Optional<Path> login, List<String> hosts) {

    /** @throws RondoException with {@code BAD_CONFIG} where others than this machine could reach it without a login */
    public PageSettings {
        if (address.isUnresolved()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the page cannot listen on '" + address.getHostString() + "', which is unknown",
                    "give an address of this machine; 0.0.0.0 means all of them");
        }
        if (!address.getAddress().isLoopbackAddress() && login.isEmpty()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the page would listen on " + address.getHostString() + ':' + address.getPort()
                            + " without a login, open to everyone who reaches it",
                    "give a file that holds a password or a token as --login (--web-login of an aggregator), or listen"
                            + " on 127.0.0.1");
        }
        hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    }

    /** On this machine alone, without a login. */
    public static PageSettings local(int port) {
        return new PageSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Optional.empty(), List.of());
    }
}
