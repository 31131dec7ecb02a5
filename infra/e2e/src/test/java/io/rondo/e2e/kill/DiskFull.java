package io.rondo.e2e.kill;

import io.rondo.embedded.BreakableCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * The broker's disk is full, whereupon the broker ends; after a while there is room again, and it is started. Recovery counts from
 * that start.
 */
record DiskFull(Path directory) implements Fault {
    private static final int LONGEST_MS = 3_000;

    @Override
    public String id() {
        return "disk-full";
    }

    @Override
    public Arena arena() {
        return Arena.SMALL_DISK;
    }

    @Override
    public long strike(Federation federation, SplittableRandom random) throws Exception {
        Path ballast = BreakableCluster.brokerDirectory(directory, 1).resolve("ballast");
        ProcessHandle broker = federation.cluster().broker(1);
        while (broker.isAlive()) {
            // what the broker gives up meanwhile is taken too
            fill(ballast);
            Thread.sleep(50);
        }
        Thread.sleep(random.nextInt(LONGEST_MS));
        Files.delete(ballast);
        long started = System.currentTimeMillis();
        federation.cluster().startBroker(1);
        return started;
    }

    private static void fill(Path file) {
        byte[] block = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            // full, which is the point
        }
    }
}
