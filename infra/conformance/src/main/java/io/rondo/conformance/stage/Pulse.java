package io.rondo.conformance.stage;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Measures how long the cluster takes to answer, again and again, on a thread of its own. What it waits for the processor counts too: a
 * trainer waits as long. Safe for any thread.
 */
final class Pulse implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(250);
    /** Shorter times are not remembered. */
    private static final Duration UNREMARKABLE = Duration.ofMillis(200);

    /** @param end by {@link System#nanoTime()} */
    private record Beat(long end, Duration took) {}

    private final Runnable question;
    private final Queue<Beat> slow = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::beat, "pulse");
    private long begun;
    private boolean resting;

    /** @param question waits for the answer; a failure counts as one */
    Pulse(Runnable question) {
        this.question = question;
        thread.setDaemon(true);
        thread.start();
    }

    private void beat() {
        while (true) {
            try {
                long woken = begin();
                Thread.sleep(PAUSE.toMillis());
                question.run();
                end(woken);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized long begin() throws InterruptedException {
        while (resting) {
            wait();
        }
        begun = System.nanoTime();
        return begun;
    }

    private synchronized void end(long beat) {
        if (beat == begun && !resting) {
            Duration took = took(beat);
            if (took.compareTo(UNREMARKABLE) > 0) {
                slow.add(new Beat(System.nanoTime(), took));
            }
        }
    }

    private static Duration took(long beat) {
        return Duration.ofNanos(System.nanoTime() - beat).minus(PAUSE);
    }

    /**
     * The longest time to an answer since then, and that of a question without one.
     *
     * @param since by {@link System#nanoTime()}
     */
    synchronized Duration slowest(long since) {
        Duration open = resting || begun == 0 ? Duration.ZERO : took(begun);
        return slow.stream()
                .filter(beat -> beat.end - since >= 0)
                .map(Beat::took)
                .reduce(open, (one, other) -> one.compareTo(other) > 0 ? one : other);
    }

    /** Measures nothing until {@link #resume()}: the kit itself stops the cluster. */
    synchronized void rest() {
        resting = true;
    }

    synchronized void resume() {
        resting = false;
        // the question that was open meanwhile does not count
        begun = System.nanoTime();
        notifyAll();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
