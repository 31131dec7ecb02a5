package io.rondo.page.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.error.RondoException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** An answer. */
final class Reply {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String JSON_TYPE = "application/json; charset=utf-8";

    private final int status;
    private final String type;
    private final byte[] body;
    private final Map<String, String> headers;

    private Reply(int status, String type, byte[] body, Map<String, String> headers) {
        this.status = status;
        this.type = type;
        this.body = body;
        this.headers = headers;
    }

    static Reply json(Object value) {
        return json(200, value);
    }

    static Reply json(int status, Object value) {
        try {
            return new Reply(status, JSON_TYPE, JSON.writeValueAsBytes(value), Map.of());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer that is no JSON: " + value, e);
        }
    }

    /** A picture as pages hold it, made a document of its own. */
    static Reply svg(String picture) {
        String alone = picture.replaceFirst("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ");
        return new Reply(200, "image/svg+xml; charset=utf-8", alone.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static Reply of(String type, byte[] body) {
        return new Reply(200, type, body, Map.of());
    }

    /** A refusal in the form of all failures. */
    static Reply refusal(int status, String code, String message, String next) {
        return json(status, Map.of("code", code, "message", message, "next", next));
    }

    static Reply notFound(String what) {
        return refusal(404, "not-found", what, "see docs/how-to/web-page.md for what there is");
    }

    static Reply busy(String what) {
        return refusal(503, "busy", what, "try again in some seconds").with("Retry-After", "5");
    }

    static Reply failure(RondoException failure) {
        int status =
                switch (failure.code()) {
                    case JOB_NOT_FOUND, ROUND_NOT_FOUND -> 404;
                    case BAD_CONFIG, BAD_ID -> 400;
                    default -> 503;
                };
        return refusal(status, failure.code().id(), failure.getMessage(), failure.nextStep());
    }

    Reply with(String header, String value) {
        Map<String, String> more = new java.util.TreeMap<>(headers);
        more.put(header, value);
        return new Reply(status, type, body, more);
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    byte[] body() {
        return body;
    }

    Map<String, String> headers() {
        return headers;
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
