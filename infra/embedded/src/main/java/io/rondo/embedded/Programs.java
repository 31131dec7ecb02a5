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
 */
record Programs(Path home, Path ownClasses) {
    private static final String HOME = "rondo.home";
    private static final String BROKER = "broker-lib";
    private static final String REGISTRY = "registry";

    static Programs find() {
        Path own = ownLocation();
        List<Path> candidates = new ArrayList<>();
        Optional.ofNullable(System.getProperty(HOME)).map(Path::of).ifPresent(candidates::add);
        for (Path above = own.getParent(); above != null && candidates.size() < 3; above = above.getParent()) {
            candidates.add(above);
        }
        return candidates.stream()
                .filter(home -> Files.isDirectory(home.resolve(BROKER)) && Files.isDirectory(home.resolve(REGISTRY)))
                .findFirst()
                .map(home -> new Programs(home.toAbsolutePath(), own))
                .orElseThrow(() -> new RondoException(
                        ErrorCode.COMMAND_NOT_INSTALLED,
                        "the embedded broker and registry are in none of " + candidates,
                        "build them with `mvn -q package -DskipTests -pl infra/embedded -am`, or set -D" + HOME
                                + "=FOLDER"));
    }

    String brokerClasspath() {
        return ownClasses + java.io.File.pathSeparator + home.resolve(BROKER) + "/*";
    }

    String registryClasspath() {
        return ownClasses + java.io.File.pathSeparator + registryRunner();
    }

    /** The archive of loaded classes for this JVM; another JVM could not use it. */
    Path classArchive(String program) {
        String jvm = Runtime.version().toString().replaceAll("[^A-Za-z0-9.+-]", "_");
        return home.resolve("class-archives").resolve(program + "-" + jvm + ".jsa");
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
