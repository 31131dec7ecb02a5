package io.rondo.e2e.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file system of a few megabytes in memory; mounting it takes the rights to. */
record SmallDisk(Path directory) implements AutoCloseable {

    /** Empty where this user may not mount anything. */
    static Optional<SmallDisk> mount(Path directory, int megabytes) throws IOException {
        Files.createDirectories(directory);
        int status = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", directory.toString());
        return status == 0 ? Optional.of(new SmallDisk(directory)) : Optional.empty();
    }

    private static int run(String... command) throws IOException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        run("umount", directory.toString());
    }
}
