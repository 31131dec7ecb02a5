package io.rondo.page.http;

import io.rondo.cli.report.HtmlPage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of the page, which hold no data. Each is in memory from the start. */
final class Assets {
    private static final List<String> FILES = List.of(
            "index.html",
            "style.css",
            "icon.svg",
            "app.js",
            "dom.js",
            "api.js",
            "grid.js",
            "charts.js",
            "round.js",
            "jobs.js",
            "job.js");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml; charset=utf-8");

    private final Map<String, Reply> replies = new HashMap<>();

    Assets() {
        FILES.forEach(name -> replies.put(name, Reply.of(type(name), read(name))));
        replies.put(
                "charts.css", Reply.of(type("charts.css"), HtmlPage.chartStyle().getBytes(StandardCharsets.UTF_8)));
        replies.put("", replies.get("index.html"));
    }

    Optional<Reply> of(List<String> path) {
        return path.size() == 1 ? Optional.ofNullable(replies.get(path.get(0))) : Optional.empty();
    }

    private static String type(String name) {
        return TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    }

    private static byte[] read(String name) {
        try (InputStream file = Assets.class.getResourceAsStream("/io/rondo/page/web/" + name)) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
