package io.rondo.e2e.kill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets a test stop another process at a {@link KillPoint}, by two files: the test writes {@code armed}, the thread that comes to
 * the point renames it to {@code reached} and waits for the kill.
 */
final class KillSwitch {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;

    KillSwitch(Path directory) {
        this.directory = directory;
    }

    /** The next thread that comes to the point stays there. */
    void arm(KillPoint point) {
        try {
            Files.createDirectories(directory);
            Path fresh = Files.writeString(directory.resolve("new"), point.name());
            Files.move(fresh, armed(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a thread stands at the point. */
    void awaitReached() throws InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(reached())) {
            if (System.nanoTime() > giveUp) {
                throw new AssertionError("no thread came to the point within " + PATIENCE);
            }
            Thread.sleep(2);
        }
        try {
            Files.delete(reached());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Called by the process that is to be killed. Does not return where the point is armed. */
    void pass(KillPoint point) {
        try {
            if (!Files.exists(armed()) || !Files.readString(armed()).equals(point.name())) {
                return;
            }
            Files.move(armed(), reached(), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // another thread was first
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        while (true) {
            LockSupport.park(this);
        }
    }

    private Path armed() {
        return directory.resolve("armed");
    }

    private Path reached() {
        return directory.resolve("reached");
    }
}
