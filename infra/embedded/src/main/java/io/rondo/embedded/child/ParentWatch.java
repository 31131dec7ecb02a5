package io.rondo.embedded.child;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Ties a child process to its parent: standard input is a pipe from the parent, which ends when the parent closes it or
 * dies in whatever way. Then the child exits, in order if it can.
 */
final class ParentWatch {
    /** What an exit in order may take; the parent says it. */
    private static final long PATIENCE_SECONDS = Long.getLong("rondo.exit.seconds", 30);

    private ParentWatch() {}

    /**
     * Starts watching, and holds the lock by which the next parent sees whether this child is still there.
     *
     * @param lock the file to lock for as long as this process lives
     */
    static void start(Path lock) throws IOException {
        @SuppressWarnings("resource") // held until the process ends
        FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            throw new IOException(lock + " is held by another process");
        }
        ignoreInterrupts();
        daemon("parent-watch", ParentWatch::exitWithParent);
    }

    private static void exitWithParent() {
        try {
            while (System.in.read() >= 0) {
                // whatever is sent, only the end counts
            }
        } catch (IOException e) {
            // a broken pipe is an end too
        }
        daemon("exit-watch", ParentWatch::haltLater);
        System.exit(0);
    }

    private static void haltLater() {
        try {
            Thread.sleep(PATIENCE_SECONDS * 1000);
        } catch (InterruptedException e) {
            // then at once
        }
        Runtime.getRuntime().halt(1);
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * A terminal sends Ctrl-C to children too. The parent decides when they go: after those that still need them. The
     * class is reached by reflection, because the compiler warns of its name whatever one does.
     */
    private static void ignoreInterrupts() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance("INT"),
                            handler.getField("SIG_IGN").get(null));
        } catch (ReflectiveOperationException e) {
            System.err.println("cannot ignore Ctrl-C on this JVM: " + e);
        }
    }
}
