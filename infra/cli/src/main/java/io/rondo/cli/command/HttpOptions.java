package io.rondo.cli.command;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The address for metrics and health. */
public final class HttpOptions {
    private static final Pattern ADDRESS = Pattern.compile("(?:(.+):)?(\\d{1,5})");
    private static final int MAX_PORT = 65_535;

    @Option(
            names = "--http",
            paramLabel = "[HOST:]PORT",
            description = "Serve /metrics, /health/live and /health/ready there; without HOST on 127.0.0.1,"
                    + " only for this machine. Default: $$RONDO_HTTP, or not at all.")
    private String http;

    /** @throws RondoException with {@code BAD_CONFIG} when it is not an address */
    Optional<InetSocketAddress> address() {
        String text = http != null ? http : System.getenv("RONDO_HTTP");
        return text == null || text.isEmpty() ? Optional.empty() : Optional.of(parse(text, "--http"));
    }

    static InetSocketAddress parse(String text) {
        return parse(text, "--http");
    }

    /**
     * Parses an address option.
     *
     * @param option its name, for the message
     * @throws RondoException with {@code BAD_CONFIG} when it is not an address
     */
    public static InetSocketAddress parse(String text, String option) {
        Matcher address = ADDRESS.matcher(text);
        if (!address.matches() || Integer.parseInt(address.group(2)) > MAX_PORT) {
            throw bad(option, text, "write a port such as 9464, or an address such as 0.0.0.0:9464");
        }
        String host = address.group(1) == null ? "127.0.0.1" : address.group(1);
        InetSocketAddress resolved = new InetSocketAddress(host, Integer.parseInt(address.group(2)));
        if (resolved.isUnresolved()) {
            throw bad(option, text, "the host '" + host + "' is unknown; 0.0.0.0 stands for every interface");
        }
        return resolved;
    }

    /** The URL for a browser on this machine. */
    static String url(InetSocketAddress address) {
        String host = address.getAddress().isAnyLocalAddress()
                ? "localhost"
                : address.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ':' + address.getPort();
    }

    private static RondoException bad(String option, String text, String next) {
        return new RondoException(ErrorCode.BAD_CONFIG, option + " is '" + text + "', which is not an address", next);
    }
}
