package io.rondo.e2e.containers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Asks a Prometheus of this machine. */
final class Prometheus {
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;

    Prometheus(int port) {
        this.port = port;
    }

    long targetsThatAnswer() throws IOException, InterruptedException {
        return data("targets?state=active").findValuesAsText("health").stream()
                .filter(health -> health.equals("up"))
                .count();
    }

    /** The names of its alerts. */
    List<String> alerts() throws IOException, InterruptedException {
        return data("rules?type=alert").get("groups").get(0).get("rules").findValuesAsText("name");
    }

    boolean hasAnswer(String query) throws IOException, InterruptedException {
        return !data("query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
                .get("result")
                .isEmpty();
    }

    private JsonNode data(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + port + "/api/v1/" + path);
        String answer = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        JsonNode json = JsonMapper.builder().build().readTree(answer);
        if (!json.get("status").asText().equals("success")) {
            throw new AssertionError(path + ": " + answer);
        }
        return json.get("data");
    }
}
