package io.rondo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The most memory that a process has had in use so far, as Linux counts it. */
final class ProcessMemory {
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private ProcessMemory() {}

    /** In megabytes of 10⁶ bytes; empty if the system does not tell, or the process is gone. */
    static OptionalDouble ofProcess(long pid) {
        try {
            return of(Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")));
        } catch (IOException e) {
            return OptionalDouble.empty();
        }
    }

    static OptionalDouble of(List<String> status) {
        return status.stream()
                .map(PEAK::matcher)
                .filter(Matcher::matches)
                .mapToDouble(line -> Long.parseLong(line.group(1)) * 1024 / 1e6)
                .findFirst();
    }
}
