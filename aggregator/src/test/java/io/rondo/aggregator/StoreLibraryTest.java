package io.rondo.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.natives.NativeLibraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;

/** Processes that are killed leave nothing behind. */
class StoreLibraryTest {
    @TempDir
    private Path directory;

    @Test
    void shouldUnpackOnceForAllProcessesAndNothingIntoTheTemporaryDirectory() throws Exception {
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        Path home = directory.resolve("native");

        assertThat(killedAfterLoading(temporary, home)).contains("loaded");
        List<Path> first = files(home);
        Object inode = Files.getAttribute(first.get(0), "unix:ino");
        assertThat(killedAfterLoading(temporary, home)).contains("loaded");

        assertThat(files(temporary)).isEmpty();
        assertThat(first).singleElement().asString().contains("rocksdbjni");
        assertThat(files(home)).isEqualTo(first);
        assertThat(Files.getAttribute(first.get(0), "unix:ino")).isEqualTo(inode);
    }

    private String killedAfterLoading(Path temporary, Path home) throws Exception {
        Path output = Files.createTempFile(directory, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Loads.class.getName());
        builder.environment().put("RONDO_NATIVE_DIR", home.toString());
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            for (int i = 0; i < 1_200 && process.isAlive(); i++) {
                if (Files.readString(output).contains("loaded")) {
                    break;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return Files.readString(output);
    }

    private static List<Path> files(Path root) throws Exception {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /** Loads the library, opens nothing, and waits to be killed. */
    static final class Loads {
        public static void main(String[] args) throws Exception {
            NativeLibraries.ofUser().ifPresent(StoreLibrary::load);
            RocksDB.loadLibrary();
            System.out.println("loaded");
            TimeUnit.MINUTES.sleep(5);
        }
    }
}
