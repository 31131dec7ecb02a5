package io.rondo.aggregator.topology;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The fold threads of this process. Safe for any thread. */
final class LocalFolds {
    private final Set<FoldThread> threads = ConcurrentHashMap.newKeySet();

    void add(FoldThread thread) {
        threads.add(thread);
    }

    void remove(FoldThread thread) {
        threads.remove(thread);
    }

    /** Whether all of them are idle. */
    boolean areIdle() {
        return threads.stream().allMatch(FoldThread::isIdle);
    }
}
