package io.rondo.schemas.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
    /** Stands for a library: a file in a jar that every class path here has. */
    private static final String RESOURCE = "org/apache/avro/Schema.class";

    @TempDir
    private Path directory;

    @Test
    void shouldFindTheDirectoryOfTheUser() {
        assertThat(NativeLibraries.directory(Map.of("RONDO_NATIVE_DIR", "/volume"), "/home/u"))
                .isEqualTo(Path.of("/volume"));
        assertThat(NativeLibraries.directory(Map.of("XDG_CACHE_HOME", "/cache", "RONDO_NATIVE_DIR", ""), "/home/u"))
                .isEqualTo(Path.of("/cache/rondo/native"));
        assertThat(NativeLibraries.directory(Map.of(), "/home/u")).isEqualTo(Path.of("/home/u/.cache/rondo/native"));
    }

    @Test
    void shouldUnpackOnceAndMendWhatWasCutOff() throws Exception {
        NativeLibraries libraries = NativeLibraries.in(directory);

        Path file = libraries.unpack(RESOURCE, "Schema.so").orElseThrow();
        byte[] whole = Files.readAllBytes(file);
        Object first = Files.getLastModifiedTime(file);
        assertThat(libraries.unpack(RESOURCE, "Schema.so")).contains(file);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(first);
        assertThat(file.toString()).contains("avro-1.");

        Files.write(file, new byte[] {1});
        libraries.unpack(RESOURCE, "Schema.so");
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void shouldDoWithoutWhereNothingCanBeWritten() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThat(NativeLibraries.ofUser(
                        Map.of("RONDO_NATIVE_DIR", file.resolve("x").toString()), "/"))
                .isEmpty();
        assertThat(NativeLibraries.in(file).unpack(RESOURCE, "Schema.so")).isEmpty();
        assertThat(NativeLibraries.in(directory).unpack("no/such/library.so", "library.so"))
                .isEmpty();
    }

    @Test
    void shouldPointTheLibrariesToIt() {
        Map<String, String> properties = new HashMap<>();

        NativeLibraries.in(directory).use(Map.of("RONDO_NATIVE_DIR", directory.toString()), properties::put);

        assertThat(properties)
                .containsEntry(
                        "org.bytedeco.javacpp.cachedir",
                        directory.resolve("javacpp").toString())
                .containsEntry("DJL_CACHE_DIR", directory.resolve("djl").toString());
        if (System.getProperty("os.name").startsWith("Linux")
                && System.getProperty("os.arch").equals("amd64")) {
            assertThat(properties.get("ZstdNativePath")).startsWith(directory.toString());
            assertThat(Path.of(properties.get("ZstdNativePath"))).isRegularFile();
            assertThat(Path.of(
                            properties.get("org.xerial.snappy.lib.path"), properties.get("org.xerial.snappy.lib.name")))
                    .isRegularFile();
        }
    }
}
