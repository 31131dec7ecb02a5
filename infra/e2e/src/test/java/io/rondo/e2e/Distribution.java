package io.rondo.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The jars of the command {@code rondo}, with an archive of their classes like the one that its launcher makes: a process that runs
 * from them starts as fast as a real one. Where they are not built, the tests' own class path, from which it takes longer.
 *
 * @param classPath the jars, then the tests' class path
 * @param archiveArgument maps the archive
 */
record Distribution(String classPath, String archiveArgument) {
    static final Distribution FOUND = find();

    private static Distribution find() {
        String tests = System.getProperty("java.class.path");
        Path home = testClasses().resolve("../../../dist/target/rondo").normalize();
        if (!Files.isDirectory(home.resolve("lib"))) {
            return new Distribution(tests, "-Xshare:auto");
        }
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            String jars = files.map(Path::toString).sorted().collect(Collectors.joining(File.pathSeparator));
            // an archive of other jars is refused by the JVM, which then does without
            return new Distribution(
                    jars + File.pathSeparator + tests,
                    "-XX:SharedArchiveFile=" + archive(home.resolve("e2e.jsa"), jars));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tests run in several JVMs, and each may make the archive: it appears whole or not at all. */
    private static Path archive(Path archive, String jars) throws IOException {
        if (!Files.exists(archive)) {
            Path fresh = archive.resolveSibling("e2e-" + ProcessHandle.current().pid() + ".jsa");
            run(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:ArchiveClassesAtExit=" + fresh,
                    "-Xlog:disable",
                    "-cp",
                    jars,
                    "io.rondo.cli.process.ClassArchive");
            Files.move(fresh, archive, StandardCopyOption.ATOMIC_MOVE);
        }
        return archive;
    }

    private static Path testClasses() {
        try {
            return Path.of(Distribution.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("classes come from a file", e);
        }
    }

    private static void run(String... command) throws IOException {
        try {
            new ProcessBuilder(command).start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
