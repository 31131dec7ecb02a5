package io.rondo.aggregator.topology;

import io.rondo.aggregator.log.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The parts that folds have written in the open transaction of their Streams thread, with the offsets that the broker gave
 * them. A coordinator on that thread may answer them before the commit: its decisions are committed with them or not at
 * all. The producer of a thread and its coordinator meet here. Safe for any thread.
 */
public final class UncommittedParts {
    /** By Streams thread, where a coordinator collects parts. */
    private final Map<Thread, Transactions> threads = new ConcurrentHashMap<>();

    /** The transactions of one thread; only {@link Written#entry} is set by another one. */
    private static final class Transactions {
        private final List<Written> written = new ArrayList<>();
        private int taken;
        /** Offset of the last part of the transactions before the open one. */
        private long lastCommitted = Long.MIN_VALUE;
    }

    private static final class Written {
        private final Runnable flush;
        private volatile LogEntry entry;

        Written(Runnable flush) {
            this.flush = flush;
        }
    }

    /** The coordinator of the calling thread wants the parts that the thread writes from now on. */
    void collect() {
        threads.put(Thread.currentThread(), new Transactions());
    }

    /** The coordinator of the calling thread ends. The next one gets from the log what is committed. */
    void endCollection() {
        threads.remove(Thread.currentThread());
    }

    /**
     * The calling thread sends a part.
     *
     * @param flush sends all records of the thread's producer and waits until the broker has them
     * @return takes the part when the broker has it
     */
    public Consumer<LogEntry> sending(Runnable flush) {
        Transactions mine = threads.get(Thread.currentThread());
        if (mine == null) {
            return acknowledged -> {};
        }
        Written part = new Written(flush);
        mine.written.add(part);
        return acknowledged -> part.entry = acknowledged;
    }

    /** The calling thread has committed its transaction. */
    public void committed() {
        Transactions mine = threads.get(Thread.currentThread());
        if (mine != null && !mine.written.isEmpty()) {
            LogEntry last = mine.written.get(mine.written.size() - 1).entry;
            mine.lastCommitted = last == null ? Long.MIN_VALUE : last.offset();
            mine.written.clear();
            mine.taken = 0;
        }
    }

    /** Whether the coordinator of the calling thread can {@linkplain #next take} parts of the open transaction. */
    boolean areWaiting() {
        Transactions mine = threads.get(Thread.currentThread());
        return mine != null && mine.taken < mine.written.size();
    }

    /**
     * Takes the next part of the open transaction. Empty if there is none, or if another record may lie before it that the
     * coordinator has not seen: the log then gives both in their turn, since an answer to one input covers all before it.
     *
     * @param unseenFrom offset of the first record of the topic that the coordinator has not seen
     */
    Optional<LogEntry> next(long unseenFrom) {
        if (!areWaiting()) {
            return Optional.empty();
        }
        Transactions mine = threads.get(Thread.currentThread());
        Written part = mine.written.get(mine.taken);
        if (part.entry == null) {
            part.flush.run();
        }
        LogEntry entry = part.entry;
        if (entry == null || !nothingBefore(entry, unseenFrom, mine)) {
            return Optional.empty();
        }
        mine.taken++;
        return Optional.of(entry);
    }

    /** The end of a transaction takes one offset itself, which no consumer returns. */
    private static boolean nothingBefore(LogEntry entry, long unseenFrom, Transactions mine) {
        long between = entry.offset() - unseenFrom;
        return between == 0 || (between == 1 && unseenFrom == mine.lastCommitted + 1);
    }
}
