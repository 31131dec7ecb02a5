package io.rondo.cli.output;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** The progress of reading, in one terminal line that is overwritten. Safe for any thread. */
public final class ProgressBar implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final long EVERY_NANOS = 100_000_000;

    private final Console console;
    private final long start = System.nanoTime();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong shownAt = new AtomicLong(start);
    private volatile long expected = 1;

    public ProgressBar(Console console) {
        this.console = console;
    }

    /** Sets the total bytes to read. */
    public void expect(long bytes) {
        expected = Math.max(1, bytes);
    }

    /** Adds bytes that have been read. */
    public void add(long bytes) {
        long sum = done.addAndGet(bytes);
        long now = System.nanoTime();
        long shown = shownAt.get();
        if (now - shown > EVERY_NANOS && shownAt.compareAndSet(shown, now)) {
            console.passing(line(sum, (now - start) / 1e9));
        }
    }

    private String line(long sum, double seconds) {
        double share = Math.min(1, (double) sum / expected);
        int filled = (int) (share * WIDTH);
        return String.format(
                Locale.ROOT,
                "[%s%s] %3.0f %%  %.0f MB  %.0f MB/s",
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                share * 100,
                sum / 1e6,
                sum / 1e6 / seconds);
    }

    /** Removes the line. */
    @Override
    public void close() {
        console.passing("");
    }
}
