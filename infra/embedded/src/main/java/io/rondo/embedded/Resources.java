package io.rondo.embedded;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What the machine must have before it is worth while to start. */
final class Resources {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Path LIMIT = Path.of("/sys/fs/cgroup/memory.max");
    private static final Path USED = Path.of("/sys/fs/cgroup/memory.current");

    private Resources() {}

    static void requireDisk(Path directory, long bytes) throws IOException {
        long usable = Files.getFileStore(directory).getUsableSpace();
        if (usable < bytes) {
            throw new RondoException(
                    ErrorCode.DISK_FULL,
                    "the disk of " + directory + " has " + mib(usable) + " free, " + mib(bytes) + " are needed",
                    "make room, or choose a directory on another disk by --dir");
        }
    }

    /** Where the system does not say how much there is, the start is tried. */
    static void requireMemory(long bytes) throws IOException {
        OptionalLong available = availableMemory();
        if (available.isPresent() && available.getAsLong() < bytes) {
            throw new RondoException(
                    ErrorCode.NOT_ENOUGH_MEMORY,
                    mib(available.getAsLong()) + " of memory are available, " + mib(bytes)
                            + " are needed for the broker and the registry",
                    "close other programs, or use a broker and a registry elsewhere by --bootstrap-servers and"
                            + " --schema-registry");
        }
    }

    private static OptionalLong availableMemory() throws IOException {
        if (!Files.isReadable(MEMORY)) {
            return OptionalLong.empty();
        }
        OptionalLong machine = Files.readAllLines(MEMORY).stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst();
        OptionalLong container = leftInContainer();
        return machine.isPresent() && container.isPresent()
                ? OptionalLong.of(Math.min(machine.getAsLong(), container.getAsLong()))
                : machine;
    }

    private static OptionalLong leftInContainer() throws IOException {
        if (!Files.isReadable(LIMIT) || !Files.isReadable(USED)) {
            return OptionalLong.empty();
        }
        String limit = Files.readString(LIMIT).strip();
        return limit.matches("\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(limit)
                        - Long.parseLong(Files.readString(USED).strip())
                        + fileCache())
                : OptionalLong.empty();
    }

    /** Counted as used, given up on demand. */
    private static long fileCache() throws IOException {
        Path statistics = Path.of("/sys/fs/cgroup/memory.stat");
        return Files.isReadable(statistics)
                ? Files.readAllLines(statistics).stream()
                        .filter(line -> line.startsWith("inactive_file "))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                : 0;
    }

    private static String mib(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
