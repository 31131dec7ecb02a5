package io.rondo.page.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rondo.page.log.FollowedLog;
import io.rondo.page.log.FollowedLogs;
import io.rondo.page.log.PageLogs;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the page. It has threads and a port of its own: however many browsers there are, and however slow, neither rounds nor health checks wait
 * for them.
 */
public final class PageServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
    private static final int THREADS = 16;
    private static final int MOST_WAITING = 256;
    /** An answer that is not made and taken within this time is given up. */
    private static final long PATIENCE_SECONDS = 30;

    private static final String REQUEST_TIME = "sun.net.httpserver.maxReqTime";

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri"
                    + " 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "X-Frame-Options",
            "DENY",
            "Cache-Control",
            "no-store");

    private final HttpServer server;
    private final PageLogs logs;
    private final FollowedLogs followed;
    private final Api api;
    private final Gate gate;
    private final Assets assets = new Assets();
    private final Watch watch;
    private final EventStreams streams;
    private final ThreadPoolExecutor threads;

    private PageServer(HttpServer server, PageSettings settings, PageLogs logs, String version) {
        this.server = server;
        this.logs = logs;
        this.followed = new FollowedLogs(logs);
        this.api = new Api(logs, followed, version);
        this.gate = new Gate(settings, Clock.systemUTC());
        this.watch = new Watch(followed::tidy);
        this.streams = new EventStreams(watch);
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), work -> {
                    Thread thread = new Thread(work, "page http");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    /**
     * Starts to answer.
     *
     * @param logs are closed with the server
     * @param version of the program, which the page shows
     * @throws RondoException with {@code PORT_IN_USE} when the address cannot be used, {@code BAD_CONFIG} when the login file is no good
     */
    public static PageServer start(PageSettings settings, PageLogs logs, String version) {
        if (System.getProperty(REQUEST_TIME) == null) {
            // a request whose head never ends would hold a thread
            System.setProperty(REQUEST_TIME, Long.toString(PATIENCE_SECONDS));
        }
        HttpServer server;
        try {
            server = HttpServer.create(settings.address(), 0);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.PORT_IN_USE,
                    "the page cannot listen on " + settings.address().getHostString() + ':'
                            + settings.address().getPort() + ": " + e.getMessage(),
                    "give another port, or stop what listens there",
                    e);
        }
        try {
            PageServer page = new PageServer(server, settings, logs, version);
            server.start();
            return page;
        } catch (RuntimeException | Error e) {
            server.stop(0);
            throw e;
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        boolean isStreaming = false;
        Watch.Guarded guarded = watch.begin(PATIENCE_SECONDS);
        try {
            HEADERS.forEach(exchange.getResponseHeaders()::set);
            Optional<Reply> reply = reply(exchange);
            isStreaming = reply.isEmpty();
            if (reply.isPresent()) {
                send(exchange, reply.get());
            }
        } catch (RuntimeException e) {
            LOG.warn("a question to the page failed", e);
            throw e;
        } finally {
            guarded.close();
            if (!isStreaming) {
                exchange.close();
            }
        }
    }

    /** Empty if a stream has begun. */
    private Optional<Reply> reply(HttpExchange exchange) throws IOException {
        try {
            Request request = new Request(exchange);
            Optional<Reply> refusal = gate.refusal(request);
            return refusal.isPresent() ? refusal : route(exchange, request);
        } catch (Request.BadRequest e) {
            return Optional.of(Reply.refusal(400, "bad-request", e.getMessage(), "see docs/how-to/web-page.md"));
        } catch (RondoException e) {
            return Optional.of(Reply.failure(e));
        } catch (InterruptException e) {
            return Optional.of(Reply.busy("the cluster did not answer in time"));
        }
    }

    private Optional<Reply> route(HttpExchange exchange, Request request) throws IOException {
        List<String> path = request.path();
        boolean isPost = request.method().equals("POST");
        if (!path.get(0).equals("api")) {
            return Optional.of(
                    isPost ? onlyGet() : assets.of(path).orElseGet(() -> Reply.notFound("there is no such file")));
        }
        if (path.equals(List.of("api", "login")) && isPost) {
            return Optional.of(gate.logIn(request));
        }
        if (!gate.knows(request)) {
            return Optional.of(Reply.refusal(401, "login-needed", "this page asks for a password", "log in"));
        }
        if (path.equals(List.of("api", "logout")) && isPost) {
            return Optional.of(gate.logOut(request));
        }
        if (isPost && !path.get(path.size() - 1).equals("verification")) {
            return Optional.of(onlyGet());
        }
        if (path.equals(List.of("api", "logs"))) {
            return Optional.of(api.listing(gate.asks()));
        }
        if (path.size() < 3 || !path.get(1).equals("logs")) {
            return Optional.of(Reply.notFound("there is no such page"));
        }
        return path.size() == 4
                        && path.get(3).equals("events")
                        && request.method().equals("GET")
                ? stream(exchange, path)
                : Optional.of(api.answer(request, path));
    }

    private static Reply onlyGet() {
        return Reply.refusal(405, "bad-method", "this can only be read", "use GET");
    }

    private Optional<Reply> stream(HttpExchange exchange, List<String> path) {
        Optional<FollowedLog> log = api.log(path);
        if (log.isEmpty()) {
            return Optional.of(Reply.notFound("there is no such log"));
        }
        return streams.open(exchange, log.get())
                ? Optional.empty()
                : Optional.of(Reply.busy("as many browsers follow as can: this one asks again now and then"));
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", reply.type());
        reply.headers().forEach(exchange.getResponseHeaders()::set);
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(reply.status(), isHead || reply.body().length == 0 ? -1 : reply.body().length);
        if (!isHead) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(reply.body());
            }
        }
    }

    /** What a browser on this machine would be given. */
    public String url() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().isAnyLocalAddress()
                ? "localhost"
                : address.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ':' + address.getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        streams.close();
        threads.shutdownNow();
        watch.close();
        api.close();
        followed.close();
        logs.close();
    }
}
