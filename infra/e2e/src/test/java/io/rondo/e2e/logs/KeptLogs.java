package io.rondo.e2e.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The logs that one version left: an archive in {@code archives/CASE.zip}, what a reader must find in it in {@code
 * index.json}, and for some what commands print in {@code output/CASE}.
 */
record KeptLogs(Path directory) {
    private static final Path ALL = Path.of("src", "test", "resources", "logs");
    private static final String ZIP = ".zip";
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    static KeptLogs of(String version) {
        return new KeptLogs(ALL.resolve(version));
    }

    static List<KeptLogs> all() throws IOException {
        return files(ALL).stream().map(KeptLogs::new).toList();
    }

    /** The names of the archives. */
    List<String> cases() throws IOException {
        return files(directory.resolve("archives")).stream()
                .map(file -> file.getFileName().toString().replace(ZIP, ""))
                .toList();
    }

    /** The names of the archives of which output is kept. */
    List<String> casesWithOutput() throws IOException {
        Path output = directory.resolve("output");
        if (!Files.isDirectory(output)) {
            return List.of();
        }
        return files(output).stream().map(file -> file.getFileName().toString()).toList();
    }

    /** Puts an archive where commands can read it, and returns its directory. */
    Path unpack(String name, Path into) throws IOException {
        Path archive = Files.createDirectories(into.resolve(name));
        try (ZipFile zip = new ZipFile(zip(name).toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                Files.copy(
                        zip.getInputStream(entry),
                        archive.resolve(Path.of(entry.getName()).getFileName()));
            }
        }
        return archive;
    }

    /** Keeps an archive. */
    void pack(String name, Path archive) throws IOException {
        Files.createDirectories(zip(name).getParent());
        try (OutputStream out = Files.newOutputStream(zip(name));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setLevel(9);
            for (Path file : files(archive)) {
                zip.putNextEntry(new ZipEntry(file.getFileName().toString()));
                Files.copy(file, zip);
            }
        }
    }

    private Path zip(String name) {
        return directory.resolve("archives").resolve(name + ZIP);
    }

    Path index() {
        return directory.resolve("index.json");
    }

    Path output(String name) {
        return directory.resolve("output").resolve(name);
    }

    static JsonNode read(Path file) throws IOException {
        return JSON.readTree(file.toFile());
    }

    static void write(Path file, JsonNode value) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, JSON.writeValueAsString(value) + '\n', StandardCharsets.UTF_8);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Override
    public String toString() {
        return directory.getFileName().toString();
    }
}
