package io.rondo.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Arguments of the children's JVMs: small, and quick to start. The first compiler alone is enough for what they do and
 * leaves the cores to the trainers.
 *
 * @param classArchive archive of loaded classes, used where it is there
 * @param heap maximum heap, such as {@code 256m}
 * @param recording whether the archive is to be written
 */
record JavaArguments(Path classArchive, String heap, boolean recording) {
    /** How long such a JVM may take to exit; writing an archive takes a while on a busy machine. */
    Duration exitPatience() {
        return Duration.ofSeconds(recording ? 240 : 30);
    }

    List<String> with(List<String> more) {
        List<String> arguments = new ArrayList<>(
                List.of("-Xmx" + heap, "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        if (recording) {
            arguments.add("-XX:ArchiveClassesAtExit=" + classArchive);
        } else if (Files.isRegularFile(classArchive)) {
            arguments.add("-XX:SharedArchiveFile=" + classArchive);
            // an archive of other jars is not used; there is nothing to tell about it
            arguments.add("-Xlog:cds=off");
            arguments.add("-Xlog:cds+dynamic=off");
        }
        arguments.add("-Drondo.exit.seconds=" + exitPatience().toSeconds());
        arguments.addAll(more);
        return arguments;
    }
}
