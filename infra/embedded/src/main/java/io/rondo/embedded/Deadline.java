package io.rondo.embedded;

import java.time.Duration;

/** The moment by which a start has to be done. */
final class Deadline {
    private final Duration patience;
    private final long start = System.nanoTime();

    Deadline(Duration patience) {
        this.patience = patience;
    }

    void require(ChildProcess child) {
        if (System.nanoTime() - start > patience.toNanos()) {
            throw child.failed("it is not ready after " + patience.toSeconds() + " s", null);
        }
    }
}
