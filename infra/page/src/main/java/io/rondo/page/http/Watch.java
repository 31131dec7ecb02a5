package io.rondo.page.http;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends what takes too long: a browser that does not take its answer would hold a thread for ever. To interrupt a thread that writes to a socket
 * closes the socket. Safe for any thread.
 */
final class Watch implements AutoCloseable {
    private static final long PERIOD_MS = 1_000;

    private final Set<Guarded> all = new HashSet<>();
    private final List<ScheduledFuture<?>> looks;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "page watch");
        thread.setDaemon(true);
        return thread;
    });

    /** Something that this thread does now. */
    final class Guarded implements AutoCloseable {
        private final Thread thread = Thread.currentThread();
        private final long until;
        private boolean isFired;

        private Guarded(long seconds) {
            this.until = System.nanoTime() + seconds * 1_000_000_000L;
        }

        @Override
        public void close() {
            synchronized (all) {
                all.remove(this);
                if (isFired) {
                    // it was meant for this work, and not for what the thread does next
                    isFired = Thread.interrupted();
                }
            }
        }
    }

    Watch(Runnable alsoNowAndThen) {
        this.looks = List.of(
                clock.scheduleWithFixedDelay(this::look, PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS),
                clock.scheduleWithFixedDelay(alsoNowAndThen, 10, 10, TimeUnit.SECONDS));
    }

    /** Begins; this thread is interrupted if it has not ended after this time. */
    Guarded begin(long seconds) {
        Guarded guarded = new Guarded(seconds);
        synchronized (all) {
            all.add(guarded);
        }
        return guarded;
    }

    private void look() {
        synchronized (all) {
            for (Guarded each : all) {
                if (System.nanoTime() - each.until > 0) {
                    each.isFired = true;
                    each.thread.interrupt();
                }
            }
        }
    }

    @Override
    public void close() {
        looks.forEach(look -> look.cancel(false));
        clock.shutdownNow();
    }
}
