package io.rondo.aggregator.topology;

import java.util.function.BooleanSupplier;

/**
 * Decides when to commit decisions: at once if all processes wait for them, together with the folds' results if these are
 * about to come and only folds wait, else together with decisions that follow shortly.
 * Every hop waits for a commit: the default interval of Kafka Streams would cost more than all the work. Belongs to one
 * thread.
 */
final class CommitPacing {
    /**
     * How long a decision that no round waits for may stay uncommitted: about as long as a commit takes, so that many inputs
     * share one commit.
     */
    private static final long MOST_WAIT_MS = 25;

    private static final long NOTHING = -1;

    private final DecisionOutbox outbox;
    private final BooleanSupplier foldsCommit;
    private final Runnable commit;
    private long uncommittedSince = NOTHING;

    /**
     * @param foldsCommit whether every fold has the decisions already, and commits them with its result
     * @param commit requests a commit of all records appended to the outbox
     */
    CommitPacing(DecisionOutbox outbox, BooleanSupplier foldsCommit, Runnable commit) {
        this.outbox = outbox;
        this.foldsCommit = foldsCommit;
        this.commit = commit;
    }

    /**
     * An input was answered.
     *
     * @param now milliseconds since 1970
     */
    void answered(long now) {
        if (outbox.hasNew()) {
            written(now);
        }
        if (outbox.isAwaited() || (outbox.isAwaitedByFolds() && !foldsCommit.getAsBoolean())) {
            commit();
        }
    }

    /** Something was written that a commit may wait for, but not for long. */
    void written(long now) {
        if (uncommittedSince == NOTHING) {
            uncommittedSince = now;
        }
    }

    /** Time has passed. */
    void tick(long now) {
        if (uncommittedSince != NOTHING && now - uncommittedSince >= MOST_WAIT_MS) {
            commit();
        }
    }

    void commit() {
        committing();
        commit.run();
    }

    /** A commit of all records appended to the outbox has been requested. */
    void committing() {
        outbox.committing();
        uncommittedSince = NOTHING;
    }
}
