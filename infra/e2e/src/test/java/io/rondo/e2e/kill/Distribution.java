package io.rondo.e2e.kill;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The jars of the command {@code rondo}, with the archive of their classes that its launcher makes: an aggregator that runs from
 * them is back as fast as a real one. Where they are not built, the tests' own classes, which take longer to load.
 *
 * @param classPath the jars, then the tests' classes
 * @param archiveArgument maps the archive
 */
record Distribution(String classPath, String archiveArgument) {
    static final Distribution FOUND = find();

    private static Distribution find() {
        Path testClasses = testClasses();
        Path home = testClasses.resolve("../../../dist/target/rondo").normalize();
        if (!Files.isDirectory(home.resolve("lib"))) {
            return new Distribution(System.getProperty("java.class.path"), "-Xshare:auto");
        }
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            String jars = files.map(Path::toString).sorted().collect(Collectors.joining(File.pathSeparator));
            Path archive = home.resolve("e2e.jsa");
            // an archive of other jars is refused by the JVM, which then does without
            run(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:ArchiveClassesAtExit=" + archive,
                    "-Xlog:disable",
                    "-cp",
                    jars,
                    "io.rondo.cli.process.ClassArchive");
            return new Distribution(jars + File.pathSeparator + testClasses, "-XX:SharedArchiveFile=" + archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
