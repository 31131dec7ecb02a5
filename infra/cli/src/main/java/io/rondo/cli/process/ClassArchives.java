package io.rondo.cli.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives of loaded classes (JEP 350). Most of what a short-lived child does is to load and verify classes, so the first
 * child of each kind records an archive when it ends, and later ones map it. An archive that does not fit is ignored by the
 * JVM, and one that is missing costs nothing but time. Not thread-safe.
 */
final class ClassArchives {
    /** The folder of the archives; set by the launcher, beside the jars that they belong to. */
    static final String FOLDER = "rondo.class-archives";

    private static final Logger LOG = LoggerFactory.getLogger(ClassArchives.class);

    private final Optional<Path> folder =
            Optional.ofNullable(System.getProperty(FOLDER)).map(Path::of);
    private final Map<ChildKind, Path> recording = new EnumMap<>(ChildKind.class);

    /** Arguments for the next child of a kind: to map its archive, or to record one. */
    List<String> arguments(ChildKind kind) {
        if (folder.isEmpty()) {
            return List.of();
        }
        Path archive = archive(kind);
        if (Files.exists(archive)) {
            return List.of("-Xlog:disable", "-XX:SharedArchiveFile=" + archive);
        }
        if (recording.containsKey(kind)) {
            return List.of();
        }
        // recorded under a name of this process's own: two demos may record at the same time
        Path temporary = archive.resolveSibling(
                archive.getFileName() + "." + ProcessHandle.current().pid());
        recording.put(kind, temporary);
        return List.of("-Xlog:disable", "-XX:ArchiveClassesAtExit=" + temporary);
    }

    /** Takes what children that have ended by now have recorded. */
    void adopt() {
        recording.forEach((kind, temporary) -> {
            if (Files.exists(temporary)) {
                try {
                    Files.move(temporary, archive(kind), StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException e) {
                    LOG.info("class archive {} is not kept: {}", temporary, e.toString());
                }
            }
        });
        recording.clear();
    }

    private Path archive(ChildKind kind) {
        String name = kind.name().toLowerCase(Locale.ROOT) + "-" + Runtime.version() + ".jsa";
        return folder.orElseThrow().resolve(name);
    }
}
