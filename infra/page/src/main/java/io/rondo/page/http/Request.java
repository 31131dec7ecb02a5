package io.rondo.page.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was asked, read without trust: parameters are bounded, and what is not a number is refused. */
final class Request {
    private static final int MOST_PARAMETERS = 40;
    private static final int LONGEST_BODY = 4096;

    private final HttpExchange exchange;
    private final List<String> path;
    private final List<String[]> parameters = new ArrayList<>();

    /** What was asked makes no sense. */
    static final class BadRequest extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadRequest(String message) {
            super(message);
        }
    }

    Request(HttpExchange exchange) {
        this.exchange = exchange;
        String raw = exchange.getRequestURI().getPath();
        this.path = List.of((raw == null ? "/" : raw).substring(1).split("/", -1));
        String query = exchange.getRequestURI().getRawQuery();
        if (query != null) {
            for (String pair : query.split("&", MOST_PARAMETERS)) {
                String[] parts = pair.split("=", 2);
                parameters.add(new String[] {decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : ""});
            }
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadRequest("a parameter is not encoded as it should be");
        }
    }

    String method() {
        return exchange.getRequestMethod();
    }

    /** The parts of the path between its slashes. */
    List<String> path() {
        return path;
    }

    Optional<String> header(String name) {
        Headers headers = exchange.getRequestHeaders();
        return Optional.ofNullable(headers.getFirst(name));
    }

    Optional<String> cookie(String name) {
        return header("Cookie").stream()
                .flatMap(all -> List.of(all.split(";")).stream())
                .map(String::strip)
                .filter(each -> each.startsWith(name + '='))
                .map(each -> each.substring(name.length() + 1))
                .findFirst();
    }

    List<String> texts(String name) {
        return parameters.stream()
                .filter(each -> each[0].equals(name))
                .map(each -> each[1])
                .toList();
    }

    /** A number within bounds: one beyond them is drawn to the nearest. */
    int number(String name, int otherwise, int least, int most) {
        List<String> given = texts(name);
        return given.isEmpty() ? otherwise : Math.max(least, Math.min(most, integer(given.get(0))));
    }

    static int integer(String text) {
        if (!text.matches("-?\\d{1,9}")) {
            throw new BadRequest("'" + (text.length() > 20 ? text.substring(0, 20) + "…" : text) + "' is not a number");
        }
        return Integer.parseInt(text);
    }

    byte[] body() throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
        if (body.length > LONGEST_BODY) {
            throw new BadRequest("the body is longer than " + LONGEST_BODY + " bytes");
        }
        return body;
    }
}
