package io.rondo.conformance.process;

import java.time.Duration;
import java.util.OptionalInt;

/** One process of the trainer under test. */
public interface RunningTrainer {
    boolean isAlive();

    /** Ends it as SIGKILL does, with its children, and waits until it is gone. */
    void kill();

    /** Asks it to stop, as SIGTERM does. */
    void terminate();

    /** Its exit code; empty if it still runs after that time. */
    OptionalInt awaitExit(Duration patience);

    /** The end of what it printed. */
    String lastLines();
}
