package io.rondo.page.work;

import io.rondo.schemas.error.RondoException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what takes long, one thing at a time and in the order asked, and keeps the latest results. What is asked twice is done once. Safe for any
 * thread.
 *
 * @param <K> what is asked for
 * @param <R> what comes of it
 */
final class Desk<K, R> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
    private static final int MOST_WAITING = 16;
    private static final int MOST_KEPT = 256;

    private final Function<K, R> work;
    private final ThreadPoolExecutor thread;
    private final Map<K, Task<R>> tasks = new LinkedHashMap<>();

    /** How far one thing is. */
    record Task<R>(State state, Optional<R> result, Optional<RondoException> failure) {
        boolean isOver() {
            return state == State.DONE || state == State.FAILED;
        }
    }

    enum State {
        WAITING,
        RUNNING,
        DONE,
        FAILED
    }

    Desk(String name, Function<K, R> work) {
        this.work = work;
        this.thread =
                new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), runnable -> {
                    Thread each = new Thread(runnable, name);
                    each.setDaemon(true);
                    return each;
                });
        thread.allowCoreThreadTimeOut(true);
    }

    /** Has it done, unless that is under way; empty if too much is waiting already. */
    synchronized Optional<Task<R>> ask(K key) {
        Task<R> known = tasks.get(key);
        if (known != null && !known.isOver()) {
            return Optional.of(known);
        }
        Task<R> waiting = new Task<>(State.WAITING, Optional.empty(), Optional.empty());
        try {
            tasks.put(key, waiting);
            thread.execute(() -> run(key));
        } catch (RejectedExecutionException e) {
            tasks.remove(key);
            return Optional.empty();
        }
        keepFew();
        return Optional.of(waiting);
    }

    /** How far it is; empty if nobody asked, or long ago. */
    synchronized Optional<Task<R>> of(K key) {
        return Optional.ofNullable(tasks.get(key));
    }

    private void keepFew() {
        var oldest = tasks.values().iterator();
        while (tasks.size() > MOST_KEPT && oldest.hasNext()) {
            if (oldest.next().isOver()) {
                oldest.remove();
            }
        }
    }

    private void run(K key) {
        put(key, new Task<>(State.RUNNING, Optional.empty(), Optional.empty()));
        try {
            put(key, new Task<>(State.DONE, Optional.of(work.apply(key)), Optional.empty()));
        } catch (RondoException e) {
            put(key, new Task<>(State.FAILED, Optional.empty(), Optional.of(e)));
        } catch (RuntimeException | Error e) {
            LOG.warn("{} of {} failed", thread, key, e);
            put(key, new Task<>(State.FAILED, Optional.empty(), Optional.empty()));
            throw e;
        }
    }

    private synchronized void put(K key, Task<R> task) {
        tasks.put(key, task);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
