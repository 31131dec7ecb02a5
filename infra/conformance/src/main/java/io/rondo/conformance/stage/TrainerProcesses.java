package io.rondo.conformance.stage;

import io.rondo.conformance.process.RunningTrainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BiFunction;

/** The processes of the trainer under test, one after the other on one state directory. Used by one thread. */
final class TrainerProcesses {
    private final BiFunction<Map<String, String>, Path, RunningTrainer> program;
    private final Path output;
    private final Map<String, String> environment;
    private final List<RunningTrainer> started = new ArrayList<>();

    /**
     * @param program starts a process with environment variables, and writes its output to a file
     * @param output what they print
     * @param environment the variables of every process, its state directory among them
     */
    TrainerProcesses(
            BiFunction<Map<String, String>, Path, RunningTrainer> program,
            Path output,
            Map<String, String> environment) {
        this.program = program;
        this.output = output;
        this.environment = new HashMap<>(environment);
    }

    void set(String variable, String value) {
        environment.put(variable, value);
    }

    RunningTrainer start() {
        RunningTrainer trainer = program.apply(new HashMap<>(environment), output);
        started.add(trainer);
        return trainer;
    }

    /** Whether there were some, and none runs any more. */
    boolean haveEnded() {
        return !started.isEmpty() && started.stream().noneMatch(RunningTrainer::isAlive);
    }

    /** How the last one ended, and what it said last. */
    String ending() {
        RunningTrainer last = started.get(started.size() - 1);
        OptionalInt code = last.awaitExit(Duration.ofSeconds(1));
        return ", " + (code.isPresent() ? "with exit code " + code.getAsInt() : "and still runs") + indented(last);
    }

    private static String indented(RunningTrainer trainer) {
        String lines = trainer.lastLines();
        return lines.isEmpty() ? "" : "; its last lines:\n    " + lines.replace("\n", "\n    ");
    }

    void kill() {
        started.stream().filter(RunningTrainer::isAlive).forEach(RunningTrainer::kill);
    }
}
