package io.rondo.e2e.logs;

import io.rondo.schemas.client.LogConnection;
import java.nio.file.Path;

/** A job whose log is kept. */
interface LogCase {

    /** Name of the job and of the archive's directory. */
    String name();

    /** What is in the log that others lack. */
    String what();

    /** The job's setting, by which adapters are cut. */
    int chunkBytes();

    /** The option of {@code rondo export} that fits the job's method; empty for the global adapter. */
    String export();

    /**
     * Runs the job to its end.
     *
     * @param directory an empty one for the state of its services
     */
    void play(LogConnection cluster, Path directory) throws InterruptedException;
}
