package io.rondo.page.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A Chromium without a window, driven by its own protocol. One page of it; used by one thread. */
public final class Chromium implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    private static final long PATIENCE_SECONDS = 60;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Process process;
    private final Path profile;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Chromium(Process process, Path profile, String address) {
        this.process = process;
        this.profile = profile;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(PATIENCE_SECONDS))
                .buildAsync(URI.create(address), new Ears())
                .join();
    }

    /** Where the program is; empty where it is not installed. */
    public static Optional<Path> program() {
        String given = System.getProperty("rondo.chromium", "");
        Stream<Path> places = Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)));
        return Stream.concat(given.isEmpty() ? Stream.empty() : Stream.of(Path.of(given)), places)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts one with an empty page. */
    public static Chromium start(Path program) throws IOException, InterruptedException {
        Path profile = Files.createTempDirectory("rondo-chromium");
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--no-first-run",
                        "--hide-scrollbars",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("output").toFile())
                .start();
        Path port = profile.resolve("DevToolsActivePort");
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.exists(port) || Files.readAllLines(port).size() < 2) {
            if (System.nanoTime() > until || !process.isAlive()) {
                process.destroyForcibly();
                throw new IOException("chromium did not start: " + Files.readString(profile.resolve("output")));
            }
            Thread.sleep(100);
        }
        JsonNode pages;
        URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json");
        try (InputStream answer = list.toURL().openStream()) {
            pages = JSON.readTree(answer);
        }
        for (JsonNode page : pages) {
            if (page.path("type").asText().equals("page")) {
                Chromium browser = new Chromium(
                        process, profile, page.path("webSocketDebuggerUrl").asText());
                browser.send("Page.enable", Map.of());
                browser.send("Runtime.enable", Map.of());
                browser.send("Log.enable", Map.of());
                browser.send("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
                return browser;
            }
        }
        process.destroyForcibly();
        throw new IOException("chromium has no page: " + pages);
    }

    private final class Ears implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                hear(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private void hear(String text) {
        JsonNode message;
        try {
            message = JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (message.has("id")) {
            Optional.ofNullable(answers.remove(message.path("id").asInt()))
                    .ifPresent(answer -> answer.complete(message));
        } else if (message.path("method").asText().equals("Runtime.exceptionThrown")) {
            complaints.add(message.at("/params/exceptionDetails").toString());
        } else if (message.path("method").asText().equals("Log.entryAdded")
                && message.at("/params/entry/level").asText().equals("error")) {
            complaints.add(message.at("/params/entry/text").asText()
                    + ' '
                    + message.at("/params/entry/url").asText());
        }
    }

    private JsonNode send(String method, Map<String, ?> parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        socket.sendText(message.toString(), true).join();
        try {
            JsonNode got = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (got.has("error")) {
                throw new IllegalStateException(method + ": " + got.get("error"));
            }
            return got.path("result");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(method + " had no answer", e);
        }
    }

    /** The size of the window, and whether its user likes it dark. */
    public void look(int width, int height, String scheme) {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        send(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    public void open(String url) {
        send("Page.navigate", Map.of("url", url));
    }

    /** The value of an expression, awaited where it is a promise. */
    public JsonNode value(String expression) {
        JsonNode result =
                send("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (result.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + result.get("exceptionDetails"));
        }
        return result.at("/result/value");
    }

    /** Waits until an expression is true. */
    public void await(String expression) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!value("Boolean(" + expression + ")").asBoolean()) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("never true: " + expression + "\n"
                        + value("document.body.innerText").asText());
            }
            Thread.sleep(50);
        }
    }

    /** Presses a key as a user does. */
    public void press(String key) {
        for (String type : List.of("rawKeyDown", "keyUp")) {
            send(
                    "Input.dispatchKeyEvent",
                    Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code(key)));
        }
    }

    private static int code(String key) {
        return switch (key) {
            case "Enter" -> 13;
            case "Tab" -> 9;
            case "End" -> 35;
            case "Home" -> 36;
            case "ArrowLeft" -> 37;
            case "ArrowUp" -> 38;
            case "ArrowRight" -> 39;
            case "ArrowDown" -> 40;
            case "PageDown" -> 34;
            default -> throw new IllegalArgumentException(key);
        };
    }

    /** The whole page as a picture. */
    public void picture(Path file) throws IOException {
        JsonNode result = send("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(result.path("data").asText()));
    }

    /** What the browser found fault with: exceptions, refused content, answers that are errors. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    @Override
    public void close() {
        socket.abort();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            try (Stream<Path> files = Files.walk(profile)) {
                files.sorted(java.util.Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
