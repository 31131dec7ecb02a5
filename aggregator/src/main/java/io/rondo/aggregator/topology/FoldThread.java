package io.rondo.aggregator.topology;

import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread on which one partition is folded. Decisions go in, results come out; a failure is thrown at the next poll. All
 * methods but {@link #isIdle} are called by the Streams thread of the fold's task.
 */
final class FoldThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FoldThread.class);
    private static final long STOP_TIMEOUT_MS = 10_000;
    /** How often to look for chunks before a decision needs them: often while they arrive, seldom while trainers train. */
    private static final long LEAST_PATIENCE_MS = 2;

    private static final long MOST_PATIENCE_MS = 50;

    private final int partition;
    private final Function<Consumer<FoldResult>, PartitionFold> folds;
    private final DecisionFeed feed;
    private final BlockingQueue<Decision> decisions = new LinkedBlockingQueue<>();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final Thread thread;
    /** Replaced when decisions are taken back: a fold cannot forget one. */
    private volatile Attempt attempt = new Attempt();

    private volatile RuntimeException failure;
    private volatile boolean stopping;
    /** The last decision that was passed on before its commit, until the log has it. */
    private byte[] lastUncommitted;

    /** A fold from its start until it ends or has to start anew. */
    private static final class Attempt {
        private final Queue<FoldResult> results = new ConcurrentLinkedQueue<>();
        private volatile boolean isTakenBack;
    }

    /** A decision on its way to the fold. */
    private static final class Decision {
        private final byte[] value;
        /** Null if the log has it, else the only attempt that may use it. */
        private final Attempt uncommittedFor;

        Decision(byte[] value, Attempt uncommittedFor) {
            this.value = value;
            this.uncommittedFor = uncommittedFor;
        }
    }

    /** @param feed used only by this thread once it has started */
    FoldThread(String name, int partition, Function<Consumer<FoldResult>, PartitionFold> folds, DecisionFeed feed) {
        this.partition = partition;
        this.folds = folds;
        this.feed = feed;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    int partition() {
        return partition;
    }

    void start() {
        thread.start();
    }

    /** Passes on a decision from the log. */
    void follow(byte[] value) {
        if (Arrays.equals(value, lastUncommitted)) {
            lastUncommitted = null;
        }
        add(new Decision(value, null));
    }

    /** Passes on a decision that will be committed together with all results which depend on it, or {@linkplain #takeBack not at all}. */
    void followUncommitted(byte[] value) {
        lastUncommitted = value;
        add(new Decision(value, attempt));
    }

    private void add(Decision decision) {
        unfinished.incrementAndGet();
        decisions.add(decision);
    }

    /** Uncommitted decisions are lost, unless the log has them: the fold starts anew from the log. */
    void takeBack() {
        if (lastUncommitted != null) {
            lastUncommitted = null;
            attempt.isTakenBack = true;
            attempt = new Attempt();
        }
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
        return attempt.results.poll();
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
        Attempt mine = attempt;
        try (PartitionFold fold = folds.apply(mine.results::add)) {
            try {
                serve(fold, mine);
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

    private void serve(PartitionFold fold, Attempt mine) throws InterruptedException {
        feed.recover(fold);
        fold.work();
        List<Decision> batch = new ArrayList<>();
        long patience = LEAST_PATIENCE_MS;
        while (!stopping && !mine.isTakenBack) {
            Decision next = decisions.poll(patience, TimeUnit.MILLISECONDS);
            if (next == null) {
                patience = fold.readAhead() ? LEAST_PATIENCE_MS : Math.min(2 * patience, MOST_PATIENCE_MS);
                continue;
            }
            patience = LEAST_PATIENCE_MS;
            batch.add(next);
            decisions.drainTo(batch);
            try {
                batch.forEach(decision -> follow(fold, decision, mine));
                fold.work();
            } finally {
                unfinished.addAndGet(-batch.size());
                batch.clear();
            }
        }
    }

    private void follow(PartitionFold fold, Decision decision, Attempt mine) {
        if (mine.isTakenBack) {
            // the next attempt reads it from the log, or must not have it
            return;
        }
        if (decision.uncommittedFor == null) {
            feed.follow(fold, decision.value);
        } else if (decision.uncommittedFor == mine) {
            feed.followUncommitted(fold, decision.value);
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
