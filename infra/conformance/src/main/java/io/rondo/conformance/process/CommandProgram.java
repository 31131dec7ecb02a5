package io.rondo.conformance.process;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.InterruptException;

/** A trainer that is a command of the operating system. Whatever is left of it ends with this JVM. */
public final class CommandProgram implements TrainerProgram {
    private final List<String> command;
    private final Set<Command> running = ConcurrentHashMap.newKeySet();

    /** @param command the program and its arguments */
    public CommandProgram(List<String> command) {
        this.command = List.copyOf(command);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> running.forEach(Command::kill), "stop-trainers"));
    }

    @Override
    public String title() {
        return String.join(" ", command);
    }

    @Override
    public RunningTrainer start(Map<String, String> environment, Path log) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            Command started = new Command(builder.start(), log);
            running.add(started);
            return started;
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the trainer '" + title() + "' cannot be started: " + e.getMessage(),
                    "give a program and its arguments after --, such as: rondo conformance -- ./my-trainer",
                    e);
        }
    }

    private final class Command implements RunningTrainer {
        private static final int LAST_LINES = 8;

        private final Process process;
        private final Path log;

        Command(Process process, Path log) {
            this.process = process;
            this.log = log;
        }

        @Override
        public boolean isAlive() {
            return process.isAlive();
        }

        @Override
        public void kill() {
            // the children first: a shell's child would live on without it
            List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                    .toList();
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(handle -> handle.onExit().join());
            running.remove(this);
        }

        @Override
        public void terminate() {
            Stream.concat(process.descendants(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroy);
        }

        @Override
        public OptionalInt awaitExit(Duration patience) {
            try {
                if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    return OptionalInt.empty();
                }
                running.remove(this);
                return OptionalInt.of(process.exitValue());
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }

        @Override
        public String lastLines() {
            try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
                List<String> all = lines.filter(line -> !line.isBlank()).toList();
                return String.join(
                        System.lineSeparator(), all.subList(Math.max(0, all.size() - LAST_LINES), all.size()));
            } catch (IOException e) {
                return "";
            }
        }
    }
}
