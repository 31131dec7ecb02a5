package io.rondo.demo;

import io.rondo.cli.output.Json;
import io.rondo.samples.Site;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Where a demo lives: its settings, its sites' data, its cluster and the state of its processes. */
final class DemoDirectory {
    private static final String STAMP = "demo.json";

    private final Path root;

    private DemoDirectory(Path root) {
        this.root = root;
    }

    /**
     * Takes a directory for a demo of these settings: a new one, or the one that an earlier run of the same settings left.
     *
     * @param stamp all that decides what the demo does, to be kept as JSON
     * @throws RondoException with {@link ErrorCode#DIRECTORY_OF_ANOTHER_JOB} when something else lives there
     */
    static DemoDirectory claim(Path directory, Object stamp) {
        Path root = directory.toAbsolutePath().normalize();
        Path file = root.resolve(STAMP);
        try {
            Files.createDirectories(root);
            String text = Json.INDENTED.writeValueAsString(stamp);
            if (Files.exists(file)) {
                requireSame(root, Json.INDENTED.readTree(Files.readString(file)).equals(Json.INDENTED.readTree(text)));
            } else {
                requireEmpty(root);
                Path temporary = root.resolve(STAMP + ".new");
                Files.writeString(temporary, text);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw unusable(root, e);
        }
        return new DemoDirectory(root);
    }

    private static void requireSame(Path root, boolean same) {
        if (!same) {
            throw new RondoException(
                    ErrorCode.DIRECTORY_OF_ANOTHER_JOB,
                    root + " holds a demo of other settings, which are in " + STAMP,
                    "give the settings of that run, or another --dir");
        }
    }

    private static void requireEmpty(Path root) throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            if (files.anyMatch(file -> !file.getFileName().toString().equals(STAMP + ".new"))) {
                throw new RondoException(
                        ErrorCode.DIRECTORY_OF_ANOTHER_JOB,
                        root + " is not empty and holds no demo",
                        "give a --dir that is empty or does not exist");
            }
        }
    }

    private static RondoException unusable(Path root, IOException e) {
        return new RondoException(
                ErrorCode.DISK_FULL,
                "cannot write to " + root + ": " + e,
                "free some space, check the rights, or give another --dir",
                e);
    }

    Path root() {
        return root;
    }

    Path cluster() {
        return root.resolve("cluster");
    }

    /** Keys, passwords and the certificate authority of a secure demo. */
    Path credentials() {
        return root.resolve("credentials");
    }

    /** Whether an earlier run has come as far as starting the cluster. */
    boolean hasLog() {
        return Files.exists(cluster());
    }

    Path logs() {
        return root.resolve("logs");
    }

    Path aggregatorState() {
        return root.resolve("aggregator");
    }

    Path trainerState(String trainer) {
        return root.resolve("trainers").resolve(trainer);
    }

    Path trainFile(String trainer) {
        return root.resolve("sites").resolve(trainer).resolve("train.jsonl");
    }

    Path testFile(String trainer) {
        return root.resolve("sites").resolve(trainer).resolve("test.jsonl");
    }

    Path pooledTestFile() {
        return root.resolve("sites").resolve("pooled-test.jsonl");
    }

    /**
     * Writes each site's examples, and those of all test splits together.
     *
     * @param writer writes examples to a file
     */
    <E> void write(List<Site<E>> sites, BiConsumer<Path, List<E>> writer) {
        for (Site<E> site : sites) {
            makeSite(site.trainer());
            writer.accept(trainFile(site.trainer()), site.train());
            writer.accept(testFile(site.trainer()), site.test());
        }
        writer.accept(
                pooledTestFile(),
                sites.stream().flatMap(site -> site.test().stream()).toList());
    }

    private void makeSite(String trainer) {
        try {
            Files.createDirectories(trainFile(trainer).getParent());
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }

    /** Writes the job as a file that a process in another language submits. */
    Path writeJob(String text) {
        Path file = root.resolve("job.yaml");
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }
}
