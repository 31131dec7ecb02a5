package io.rondo.aggregator.verify;

import io.rondo.aggregator.log.LogDifference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;

/** Runs the checks of all partitions on separate threads while the caller continues. */
final class PartitionChecks implements AutoCloseable {
    /** A check waits for the broker about as long as it computes. */
    private static final int THREADS_PER_PROCESSOR = 2;

    private static final long PATIENCE_SECONDS = 30;

    private final ExecutorService executor;
    private final List<Future<List<LogDifference>>> running;

    private PartitionChecks(ExecutorService executor, List<Future<List<LogDifference>>> running) {
        this.executor = executor;
        this.running = running;
    }

    static PartitionChecks start(List<PartitionCheck> checks) {
        int threads = Math.min(
                checks.size(), THREADS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors());
        ExecutorService executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "verify");
            thread.setDaemon(true);
            return thread;
        });
        return new PartitionChecks(
                executor, checks.stream().map(executor::submit).toList());
    }

    /** The findings of all checks, in partition order; waits for the last one. */
    List<LogDifference> differences() {
        List<LogDifference> found = new ArrayList<>();
        try {
            for (Future<List<LogDifference>> check : running) {
                found.addAll(check.get());
            }
            return found;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Ends the checks that still run: the log that they read is closed next. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            executor.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
