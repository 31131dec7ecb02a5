package io.rondo.conformance.process;

import java.nio.file.Path;
import java.util.Map;

/** What starts the trainer under test. Safe for any thread. */
public interface TrainerProgram {

    /**
     * Starts it once more.
     *
     * @param environment the documented variables
     * @param log what it prints is added to this file
     */
    RunningTrainer start(Map<String, String> environment, Path log);

    /** How it is called in reports. */
    String title();
}
