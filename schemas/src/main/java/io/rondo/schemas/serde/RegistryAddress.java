package io.rondo.schemas.serde;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One address of a registry.
 *
 * @param base URL without user info, query and a slash at the end
 * @param userInfo name and password from the URL, decoded
 */
public record RegistryAddress(URI base, Optional<String> userInfo) {
    private static final String SCHEME_END = "://";
    private static final Pattern UNDERSCORE_HOST =
            Pattern.compile("https?://[A-Za-z0-9._-]*_[A-Za-z0-9._-]*(:\\d+)?(/.*)?");

    /**
     * Parses {@code schema.registry.url}. If a password contains a character with a meaning in URLs, the start of the host
     * is ambiguous. Such an address is refused: the password might be sent to another host.
     *
     * @param text comma-separated addresses
     * @throws RondoException with {@code BAD_CONFIG}; its text contains no part of a password
     */
    static List<RegistryAddress> parse(String text) {
        List<RegistryAddress> addresses = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            addresses.add(one(part.strip(), text));
        }
        return List.copyOf(addresses);
    }

    /** One or several addresses without possible passwords: everything before the last {@code @} is removed. */
    public static String redacted(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            return text;
        }
        int scheme = text.indexOf(SCHEME_END);
        return (scheme < 0 || scheme > at ? "" : text.substring(0, scheme + SCHEME_END.length())) + "***"
                + text.substring(at);
    }

    /** The possible passwords in one or several addresses, encoded and decoded. */
    public static Set<String> secrets(String text) {
        Set<String> found = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            int at = part.lastIndexOf('@');
            int scheme = part.indexOf(SCHEME_END);
            if (at >= 0) {
                String info = part.substring(scheme < 0 || scheme > at ? 0 : scheme + SCHEME_END.length(), at);
                String password = info.substring(info.indexOf(':') + 1);
                found.addAll(List.of(info, password));
                try {
                    found.add(URLDecoder.decode(password.replace("+", "%2B"), StandardCharsets.UTF_8));
                } catch (IllegalArgumentException e) {
                    // not encoded, so already included
                }
            }
        }
        found.removeIf(String::isBlank);
        return found;
    }

    private static RegistryAddress one(String part, String whole) {
        if (whole.isBlank()) {
            throw refused("schema.registry.url is empty");
        }
        URI address;
        try {
            address = URI.create(part);
        } catch (IllegalArgumentException e) {
            // not kept as a cause: its text repeats the password of a bad URL
            throw refused("'" + redacted(whole) + "' is not an address of a registry");
        }
        if (address.getHost() == null && UNDERSCORE_HOST.matcher(part).matches()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the host name in '" + redacted(whole) + "' has an underscore, which URLs do not allow",
                    "give the host another name, such as an alias of the container or the service, or its IP address");
        }
        if (address.getHost() == null
                || !List.of("http", "https").contains(address.getScheme())
                || endOfUserInfo(address) != part.lastIndexOf('@')) {
            throw refused("'" + redacted(whole) + "' is not an address of a registry");
        }
        String path = address.getRawPath() == null ? "" : address.getRawPath().replaceFirst("/+$", "");
        String port = address.getPort() < 0 ? "" : ":" + address.getPort();
        return new RegistryAddress(
                URI.create(address.getScheme() + SCHEME_END + address.getHost() + port + path),
                Optional.ofNullable(address.getUserInfo()));
    }

    private static int endOfUserInfo(URI address) {
        String info = address.getRawUserInfo();
        return info == null ? -1 : address.getScheme().length() + SCHEME_END.length() + info.length();
    }

    private static RondoException refused(String what) {
        return new RondoException(
                ErrorCode.BAD_CONFIG,
                what,
                "give addresses such as http://127.0.0.1:8081, with commas between them; in a name or password write @ as"
                        + " %40, / as %2F, : as %3A, # as %23, ? as %3F, % as %25 and a comma as %2C, or put them into"
                        + " basic.auth.user.info of --kafka-config");
    }

    @Override
    public String toString() {
        return base.toString();
    }
}
