package io.rondo.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Serves {@code /metrics}, {@code /health/live} and {@code /health/ready} to whoever asks. It takes no input but the path, and has no
 * secrets to tell: who should not read metrics, must not reach the address.
 */
public final class HttpEndpoint implements AutoCloseable {
    /** Requests that are answered at a time; others wait. */
    private static final int THREADS = 2;

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int STOP_SECONDS = 1;

    private final HttpServer server;
    private final ExecutorService threads;

    /** An answer: its status, its content type and its text. */
    record Response(int status, String type, String text) {
        static Response text(int status, String text) {
            return new Response(status, TEXT, text);
        }
    }

    private HttpEndpoint(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Starts to answer.
     *
     * @throws RondoException with {@code PORT_IN_USE} when the address cannot be used
     */
    public static HttpEndpoint start(InetSocketAddress address, Health health, Metrics metrics) {
        HttpServer server;
        try {
            server = HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.PORT_IN_USE,
                    "cannot listen on " + address.getHostString() + ':' + address.getPort() + ": " + e.getMessage(),
                    "give another --http, or stop what listens there",
                    e);
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, work -> {
            Thread thread = new Thread(work, "http");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        route(server, "/health/live", () -> health.live().answer());
        route(server, "/health/ready", () -> health.ready().answer());
        route(
                server,
                "/metrics",
                () -> metrics.isComplete()
                        ? new Response(200, Metrics.TYPE, metrics.scrape())
                        : Response.text(503, "the log is still being read\n"));
        server.start();
        return new HttpEndpoint(server, threads);
    }

    private static void route(HttpServer server, String path, Supplier<Response> answer) {
        server.createContext(path, exchange -> {
            try (exchange) {
                if (!exchange.getRequestURI().getPath().equals(path)) {
                    send(exchange, Response.text(404, "not found\n"));
                } else if (!exchange.getRequestMethod().equals("GET")
                        && !exchange.getRequestMethod().equals("HEAD")) {
                    send(exchange, Response.text(405, "only GET\n"));
                } else {
                    send(exchange, answer.get());
                }
            }
        });
    }

    private static void send(HttpExchange exchange, Response answer) throws IOException {
        byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(answer.status(), isHead ? -1 : body.length);
        if (!isHead) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    /** Where it listens; the port is the real one, also where any free one was asked for. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(STOP_SECONDS);
        threads.shutdownNow();
    }
}
