package io.rondo.page;

import io.rondo.aggregator.archive.Archive;
import io.rondo.aggregator.log.RoundRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The logs of real jobs that versions left, as archives. */
public final class KeptArchives {
    private static final Path LOGS = Path.of("../e2e/src/test/resources/logs");

    private KeptArchives() {}

    /** All of them, as {@code VERSION/CASE}. */
    public static List<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(LOGS)) {
            return files.filter(file -> file.getParent().endsWith("archives"))
                    .map(file -> LOGS.relativize(file)
                            .toString()
                            .replace("/archives/", "/")
                            .replace(".zip", ""))
                    .sorted()
                    .toList();
        }
    }

    /** One of them, unpacked. */
    public static Archive open(String name, Path into) throws IOException {
        Path zip = LOGS.resolve(name.replace("/", "/archives/") + ".zip");
        Path root = into.resolve(name);
        try (ZipFile file = new ZipFile(zip.toFile())) {
            for (ZipEntry entry : file.stream().toList()) {
                Path target = root.resolve(entry.getName()).normalize();
                if (!entry.isDirectory() && target.startsWith(root)) {
                    Files.createDirectories(target.getParent());
                    Files.copy(file.getInputStream(entry), target);
                }
            }
        }
        return Archive.open(root, RoundRange.ALL);
    }

    /** The latest log of this case. */
    public static Archive latest(String name, Path into) throws IOException {
        return open(
                names().stream()
                        .filter(each -> each.endsWith("/" + name))
                        .reduce((one, later) -> later)
                        .orElseThrow(),
                into);
    }
}
