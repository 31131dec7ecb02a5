package io.rondo.aggregator.topology;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The folds of this process. Those of one Streams thread share its transactions with the coordinator on that thread: such a
 * fold may use a decision before it is committed, since its result is committed with it or not at all. Every other fold
 * waits until the log has the decision. Safe for any thread.
 */
final class LocalFolds {
    /** By fold, the Streams thread of its task. */
    private final Map<FoldThread, Thread> folds = new ConcurrentHashMap<>();
    /** By Streams thread, whom to tell that folds of the thread have written results. */
    private final Map<Thread, BooleanSupplier> coordinators = new ConcurrentHashMap<>();

    /** Adds a fold whose task belongs to the calling thread. */
    void add(FoldThread fold) {
        folds.put(fold, Thread.currentThread());
    }

    void remove(FoldThread fold) {
        folds.remove(fold);
    }

    /** Whether all folds of this process are idle. */
    boolean areIdle() {
        return folds.keySet().stream().allMatch(FoldThread::isIdle);
    }

    /**
     * The coordinator's task belongs to the calling thread.
     *
     * @param reported called when folds of the thread have written results; returns whether the coordinator commits them
     *     together with its answers, otherwise they are committed at once
     */
    void coordinate(BooleanSupplier reported) {
        coordinators.put(Thread.currentThread(), reported);
    }

    /** Folds of the calling thread have written results. Returns whether the coordinator of the thread commits them. */
    boolean areCommittedByCoordinator() {
        return coordinators.getOrDefault(Thread.currentThread(), () -> false).getAsBoolean();
    }

    /** The coordinator of the calling thread ends. What it has not committed is lost, also for the folds that used it. */
    void endCoordination() {
        if (coordinators.remove(Thread.currentThread()) != null) {
            ofThisThread().forEach(FoldThread::takeBack);
        }
    }

    /** Whether the folds of all partitions belong to the calling thread. */
    boolean areAllOfThisThread(int partitions) {
        return ofThisThread().count() == partitions;
    }

    /**
     * Gives an uncommitted decision to the fold of a partition, if it belongs to the calling thread.
     *
     * @param copy the partition's copy of the decision, in its encoding
     */
    void followUncommitted(int partition, byte[] copy) {
        ofThisThread().filter(fold -> fold.partition() == partition).forEach(fold -> fold.followUncommitted(copy));
    }

    private Stream<FoldThread> ofThisThread() {
        Thread caller = Thread.currentThread();
        return folds.entrySet().stream()
                .filter(fold -> fold.getValue() == caller)
                .map(Map.Entry::getKey);
    }
}
