package io.rondo.page.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may ask. The name in {@code Host} has to be one of ours, or a page of someone else could read ours once its name resolves to this machine;
 * what changes something has to come from our own page; and whoever is asked for a login has to have one. Safe for any thread.
 */
final class Gate {
    private static final String COOKIE = "rondo-page";
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]]+)(?::(\\d{1,5}))?");
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+]");
    private static final int LONGEST_HOST = 260;

    private final Set<String> hosts = new TreeSet<>();
    private final Optional<Password> password;
    private final Sessions sessions;

    Gate(PageSettings settings, Clock clock) {
        hosts.add("localhost");
        hosts.addAll(settings.hosts());
        hosts.add(settings.address().getHostString().toLowerCase(Locale.ROOT));
        this.password = settings.login().map(Password::read);
        this.sessions = new Sessions(clock);
    }

    /** Why this request is not answered at all; empty if it may be. */
    Optional<Reply> refusal(Request request) {
        String host = request.header("Host").orElse("");
        if (!isOurs(host)) {
            return Optional.of(Reply.refusal(
                    421,
                    "unknown-host",
                    "this page is not served under the requested name",
                    "open it by its address, or start it with the name as --host-name (--web-host of an aggregator)"));
        }
        if (request.method().equals("POST")) {
            Optional<String> origin = request.header("Origin");
            boolean isOwn = origin.isEmpty()
                    || origin.get().equalsIgnoreCase("http://" + host)
                    || origin.get().equalsIgnoreCase("https://" + host);
            boolean isJson = request.header("Content-Type")
                    .orElse("")
                    .toLowerCase(Locale.ROOT)
                    .startsWith("application/json");
            if (!isOwn || !isJson) {
                return Optional.of(Reply.refusal(
                        403,
                        "other-origin",
                        "this comes from another page, or is no JSON",
                        "send application/json from the page itself"));
            }
        } else if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return Optional.of(
                    Reply.refusal(405, "bad-method", "only GET, HEAD and POST are answered", "use one of them"));
        }
        return Optional.empty();
    }

    private boolean isOurs(String host) {
        if (host.length() > LONGEST_HOST) {
            return false;
        }
        Matcher name = HOST.matcher(host.toLowerCase(Locale.ROOT));
        // an address is no name that someone could let point here
        return name.matches()
                && (hosts.contains(name.group(1))
                        || ADDRESS.matcher(name.group(1)).matches());
    }

    /** Whether there is a login at all. */
    boolean asks() {
        return password.isPresent();
    }

    /** Whether the data may be shown to who asks. */
    boolean knows(Request request) {
        if (password.isEmpty()
                || request.cookie(COOKIE).filter(sessions::isOpen).isPresent()) {
            return true;
        }
        Optional<String> bearer = request.header("Authorization")
                .filter(value -> value.startsWith("Bearer "))
                .map(value -> value.substring("Bearer ".length()).strip());
        return bearer.isPresent() && sessions.mayTry() && tries(bearer.get());
    }

    private boolean tries(String given) {
        boolean isRight = password.orElseThrow().matches(given);
        if (!isRight) {
            sessions.failed();
        }
        return isRight;
    }

    Reply logIn(Request request) throws IOException {
        if (password.isEmpty()) {
            return Reply.json(Map.of("login", false));
        }
        if (!sessions.mayTry()) {
            return Reply.refusal(429, "too-many-tries", "too many wrong passwords within a minute", "wait a minute")
                    .with("Retry-After", "60");
        }
        JsonNode body = JsonMapper.builder().build().readTree(request.body());
        if (!tries(body.path("password").asText(""))) {
            return Reply.refusal(401, "wrong-password", "this is not the password", "look into the login file");
        }
        return Reply.json(Map.of("login", true))
                .with("Set-Cookie", cookie(sessions.open(), Sessions.LENGTH.toSeconds()));
    }

    Reply logOut(Request request) {
        request.cookie(COOKIE).ifPresent(sessions::close);
        return Reply.json(Map.of("login", false)).with("Set-Cookie", cookie("", 0));
    }

    private static String cookie(String value, long seconds) {
        return COOKIE + '=' + value + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + seconds;
    }
}
