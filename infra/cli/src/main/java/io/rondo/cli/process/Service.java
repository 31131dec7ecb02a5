package io.rondo.cli.process;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs a service on this thread until it ends, or until Ctrl-C, SIGTERM or the end of the parent process. */
public final class Service {
    /** Set for children whose standard input is a pipe from the parent: its end is the parent's end. */
    static final String FOLLOW_PARENT = "rondo.follow-parent";

    /** How long a service may take to stop, in seconds: its brokers may be unreachable, or a round may be in training. */
    private static final String STOP_SECONDS = "rondo.stop.seconds";

    private static final int USUAL_STOP_SECONDS = 15;
    private static final int MOST_STOP_SECONDS = 3_600;

    private Service() {}

    /**
     * Runs a service.
     *
     * @param service blocks until the service has ended
     * @param stop requests its end; called from another thread
     */
    public static void run(Runnable service, Runnable stop) {
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stop, ended), "stop"));
        if (Boolean.getBoolean(FOLLOW_PARENT)) {
            followParent();
        }
        try {
            service.run();
        } finally {
            ended.countDown();
        }
    }

    /** {@code rondo.stop.seconds}, 15 if it is not set or not a number from 1 to 3,600. */
    static Duration patience() {
        int given = Integer.getInteger(STOP_SECONDS, USUAL_STOP_SECONDS);
        return Duration.ofSeconds(given < 1 || given > MOST_STOP_SECONDS ? USUAL_STOP_SECONDS : given);
    }

    /** Returns when the service has ended, at the latest after the time limit. */
    static void stopAndWait(Runnable stop, CountDownLatch ended) {
        try {
            if (ended.getCount() > 0) {
                stop.run();
                ended.await(patience().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Also detects a parent that was killed. */
    private static void followParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // nothing is ever sent; only the end matters
                        }
                    } catch (IOException e) {
                        // a broken pipe means the same
                    }
                    System.exit(0);
                },
                "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }
}
