package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.History;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Reads the end of {@code manifests} on a separate thread. */
public final class KafkaManifestsEnd implements ManifestsEnd, AutoCloseable {
    private final History history;
    private final String manifests;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "manifests-end");
        thread.setDaemon(true);
        return thread;
    });

    public KafkaManifestsEnd(History history, String manifests) {
        this.history = history;
        this.manifests = manifests;
    }

    @Override
    public CompletableFuture<Long> lastOffset(long from) {
        return CompletableFuture.supplyAsync(
                () -> {
                    // the end offset alone would count the markers of some writer's transactions
                    AtomicLong last = new AtomicLong(from - 1);
                    history.read(manifests, 0, from, entry -> last.set(entry.offset()));
                    return last.get();
                },
                executor);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
