package io.rondo.aggregator.topology;

import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread on which one partition is folded. Decisions go in, results come out; a failure is thrown at the next poll. */
final class FoldThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FoldThread.class);
    private static final long STOP_TIMEOUT_MS = 10_000;
    /** How often to look for chunks before a decision needs them: often while they arrive, seldom while trainers train. */
    private static final long LEAST_PATIENCE_MS = 2;

    private static final long MOST_PATIENCE_MS = 50;

    private final Function<Consumer<FoldResult>, PartitionFold> folds;
    private final DecisionFeed feed;
    private final BlockingQueue<SpecificRecord> decisions = new LinkedBlockingQueue<>();
    private final Queue<FoldResult> results = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final Thread thread;
    private volatile RuntimeException failure;
    private volatile boolean stopping;

    /** @param feed used only by this thread once it has started */
    FoldThread(String name, Function<Consumer<FoldResult>, PartitionFold> folds, DecisionFeed feed) {
        this.folds = folds;
        this.feed = feed;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void follow(SpecificRecord decision) {
        unfinished.incrementAndGet();
        decisions.add(decision);
    }

    /** Whether it has done all work that its decisions require, or has ended. */
    boolean isIdle() {
        return unfinished.get() == 0 || !thread.isAlive();
    }

    /**
     * The next result, or null.
     *
     * @throws RuntimeException the failure that ended the thread
     */
    FoldResult poll() {
        if (failure != null) {
            throw failure;
        }
        return results.poll();
    }

    private void run() {
        try {
            while (!stopping) {
                foldWhatOneCopySays();
            }
        } catch (InterruptedException e) {
            // close() interrupts the thread to end it
        } catch (RuntimeException e) {
            if (!stopping) {
                failure = e;
            }
        }
    }

    private void foldWhatOneCopySays() throws InterruptedException {
        try (PartitionFold fold = folds.apply(results::add)) {
            try {
                serve(fold);
            } finally {
                // a client that is interrupted while closing leaves its connections open
                Thread.interrupted();
            }
        } catch (BrokenCopyException e) {
            LOG.warn(
                    "{}: its copy of the decisions is broken and the first one is read: {}",
                    thread.getName(),
                    e.getMessage());
            feed.useFirstCopy();
        }
    }

    private void serve(PartitionFold fold) throws InterruptedException {
        feed.recover(fold);
        fold.work();
        List<SpecificRecord> batch = new ArrayList<>();
        long patience = LEAST_PATIENCE_MS;
        while (!stopping) {
            SpecificRecord next = decisions.poll(patience, TimeUnit.MILLISECONDS);
            if (next == null) {
                patience = fold.readAhead() ? LEAST_PATIENCE_MS : Math.min(2 * patience, MOST_PATIENCE_MS);
                continue;
            }
            patience = LEAST_PATIENCE_MS;
            batch.add(next);
            decisions.drainTo(batch);
            try {
                batch.forEach(decision -> feed.follow(fold, decision));
                fold.work();
            } finally {
                unfinished.addAndGet(-batch.size());
                batch.clear();
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        try {
            thread.join(STOP_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
