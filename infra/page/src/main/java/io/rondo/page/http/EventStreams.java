package io.rondo.page.http;

import com.sun.net.httpserver.HttpExchange;
import io.rondo.page.index.JobIndex;
import io.rondo.page.log.FollowedLog;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams of server-sent events: each says no more than that a log has grown, and from which round on, so that a browser that is slow gets fewer
 * of them and nothing waits in memory. Each has a thread of its own, and there are few.
 */
final class EventStreams implements AutoCloseable {
    static final int MOST = 32;
    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
    private static final long BEAT_MS = 15_000;
    /** At most so often, however fast decisions come. */
    private static final long PAUSE_MS = 400;
    /** A browser that has not taken a line within this time is gone. */
    private static final long PATIENCE_SECONDS = 20;

    private final Watch watch;
    private final ThreadPoolExecutor threads;

    EventStreams(Watch watch) {
        this.watch = watch;
        this.threads = new ThreadPoolExecutor(0, MOST, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
            Thread thread = new Thread(work, "page events");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Starts a stream, which closes the exchange at its end; false where there are too many. */
    boolean open(HttpExchange exchange, FollowedLog log) {
        try {
            threads.execute(() -> stream(exchange, log));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void stream(HttpExchange exchange, FollowedLog log) {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.getResponseHeaders().set("X-Accel-Buffering", "no");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            long seen = -1;
            write(out, "retry: 3000\n\n");
            while (!Thread.currentThread().isInterrupted()) {
                long before = seen;
                log.use();
                JobIndex index = log.index();
                seen = index.awaitChange(before, BEAT_MS);
                int from = index.changedSince(before).orElse(-1);
                write(
                        out,
                        seen == before
                                ? ": beat\n\n"
                                : "event: change\ndata: {\"version\":" + seen + ",\"from\":" + from + "}\n\n");
                Thread.sleep(PAUSE_MS);
            }
        } catch (IOException e) {
            LOG.debug("a stream of events ended: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(OutputStream out, String text) throws IOException {
        Watch.Guarded guarded = watch.begin(PATIENCE_SECONDS);
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } finally {
            guarded.close();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
