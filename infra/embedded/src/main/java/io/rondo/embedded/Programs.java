package io.rondo.embedded;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the broker's and the registry's programs are; the package's documentation says how they are found.
 *
 * @param home the folder that holds {@code broker-lib} and {@code registry}
 * @param ownClasses this module's jar or classes folder: the children's main classes
 * @param recording the folder for archives of loaded classes, where this run is to make them
 */
record Programs(Path home, Path ownClasses, Optional<Path> recording) {
    private static final String HOME = "rondo.home";
    private static final String BROKER = "broker-lib";
    private static final String REGISTRY = "registry";
    private static final String CHILD = "child-lib/rondo-embedded-child.jar";

    static Programs find() {
        Path own = ownLocation();
        List<Path> candidates = new ArrayList<>();
        Optional.ofNullable(System.getProperty(HOME)).map(Path::of).ifPresent(home -> {
            candidates.add(home);
            candidates.add(home.resolve("infra/embedded/target"));
        });
        Optional.ofNullable(own.getParent()).ifPresent(candidates::add);
        Optional.ofNullable(own.getParent()).map(Path::getParent).ifPresent(candidates::add);
        return candidates.stream()
                .filter(home -> Files.isDirectory(home.resolve(BROKER)) && Files.isDirectory(home.resolve(REGISTRY)))
                .findFirst()
                .map(home -> new Programs(home.toAbsolutePath(), own, Optional.empty()))
                .orElseThrow(() -> new RondoException(
                        ErrorCode.COMMAND_NOT_INSTALLED,
                        "the embedded broker and registry are in none of " + candidates,
                        "build them with `mvn -q package -DskipTests -pl infra/embedded -am`, or set -D" + HOME
                                + "=FOLDER"));
    }

    String brokerClasspath() {
        return mainClasses() + java.io.File.pathSeparator + home.resolve(BROKER) + "/*";
    }

    String registryClasspath() {
        return mainClasses() + java.io.File.pathSeparator + registryRunner();
    }

    /** The same programs, started so that each JVM writes down the classes that it loaded when it exits. */
    Programs recordingTo(Path folder) {
        return new Programs(home, ownClasses, Optional.of(folder));
    }

    JavaArguments javaArguments(String program, String heap) {
        return new JavaArguments(
                recording.orElseGet(this::archives).resolve(archiveOf(program)), heap, recording.isPresent());
    }

    /** The folder of the archives of loaded classes. */
    Path archives() {
        return home.resolve("class-archives");
    }

    /** Another JVM could not use this one's archive. */
    static String archiveOf(String program) {
        return program + "-" + Runtime.version().toString().replaceAll("[^A-Za-z0-9.+-]", "_") + ".jsa";
    }

    /** Whether the archive is there, and younger than the jar that changes with every build. */
    boolean hasArchive(String program) throws IOException {
        Path archive = archives().resolve(archiveOf(program));
        return Files.isRegularFile(archive)
                && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(mainClasses())) > 0;
    }

    /** The children's main classes; out of a jar of theirs where there is one, since a JVM archives no others. */
    private Path mainClasses() {
        Path jar = home.resolve(CHILD);
        return Files.isRegularFile(jar) ? jar : ownClasses;
    }

    private Path registryRunner() {
        Path folder = home.resolve(REGISTRY);
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow(() -> new RondoException(
                            ErrorCode.REGISTRY_FAILED_TO_START,
                            "there is no registry in " + folder,
                            "build it again with `mvn -q package -DskipTests -pl infra/embedded -am`"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Path ownLocation() {
        try {
            return Path.of(Programs.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("classes come from a file", e);
        }
    }
}
