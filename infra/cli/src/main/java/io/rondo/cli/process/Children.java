package io.rondo.cli.process;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The children of one run. A child that dies is restarted a few times, since each continues where it stopped; one that exits
 * with a failure ends the run. Closing stops all, in reverse start order.
 */
public final class Children implements AutoCloseable {
    private static final int MOST_RESTARTS = 3;
    private static final long STOP_MS = 10_000;

    private final Path logs;
    private final Map<String, Child> children = new LinkedHashMap<>();
    private final Map<String, List<String>> commands = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> environments = new LinkedHashMap<>();
    private final Map<String, Integer> restarts = new LinkedHashMap<>();
    private final Thread hook = new Thread(this::stopAll, "stop-children");
    private boolean stopping;

    /** @param logs directory of the log files */
    public Children(Path logs) {
        this.logs = logs;
        try {
            Files.createDirectories(logs);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.DISK_FULL,
                    "cannot create " + logs + ": " + e.getMessage(),
                    "choose another directory",
                    e);
        }
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts a child. */
    public synchronized void start(String name, ChildKind kind, List<String> arguments) {
        start(name, kind, arguments, Map.of());
    }

    /** @param environment what it gets beside this process's own */
    public synchronized void start(
            String name, ChildKind kind, List<String> arguments, Map<String, String> environment) {
        start(name, kind.command(arguments), environment);
    }

    /**
     * Starts a child of another program. Its standard input is a pipe that ends with this process: a program that must not
     * outlive it reads from there.
     *
     * @param environment what it gets beside this process's own
     */
    public synchronized void start(String name, List<String> command, Map<String, String> environment) {
        commands.put(name, List.copyOf(command));
        environments.put(name, Map.copyOf(environment));
        launch(name);
    }

    private void launch(String name) {
        if (!stopping) {
            children.put(
                    name, Child.start(name, commands.get(name), environments.get(name), logs.resolve(name + ".log")));
        }
    }

    /**
     * Checks the children, and restarts those that died.
     *
     * @return the names of the restarted children
     * @throws RondoException when one has exited with a failure or dies repeatedly
     */
    public synchronized List<String> supervise() {
        List<String> restarted = new ArrayList<>();
        for (Child child : List.copyOf(children.values())) {
            if (child.isAlive() || child.exitCode() == 0 || stopping) {
                continue;
            }
            boolean killed = child.exitCode() > 128;
            if (!killed || restarts.merge(child.name(), 1, Integer::sum) > MOST_RESTARTS) {
                throw new RondoException(
                        ErrorCode.JOB_FAILED,
                        "the process of %s ended with exit code %d; its last lines:%n%s"
                                .formatted(child.name(), child.exitCode(), child.lastLines()),
                        "see " + child.log() + ", fix the cause and run the same command again: it continues");
            }
            launch(child.name());
            restarted.add(child.name());
        }
        return restarted;
    }

    /** Whether any of these still runs. */
    public synchronized boolean isAnyAlive(List<String> names) {
        return names.stream().map(children::get).anyMatch(child -> child != null && child.isAlive());
    }

    /** The id of the process that was last started under this name. */
    public synchronized OptionalLong pid(String name) {
        Child child = children.get(name);
        return child == null ? OptionalLong.empty() : OptionalLong.of(child.pid());
    }

    private synchronized void stopAll() {
        stopping = true;
        List<Child> reversed = new ArrayList<>(children.values());
        Collections.reverse(reversed);
        reversed.forEach(Child::askToStop);
        reversed.forEach(child -> child.awaitStop(STOP_MS));
    }

    @Override
    public void close() {
        stopAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is going down, and the hook runs already
        }
    }
}
