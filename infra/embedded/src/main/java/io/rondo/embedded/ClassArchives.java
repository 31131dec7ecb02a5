package io.rondo.embedded;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/**
 * Makes the archives of loaded classes with which broker and registry start in half the time, by starting each once and
 * having its JVM write down what it loaded. The build runs this; without the archives everything works, slower. An archive
 * serves the JVM that made it only.
 */
public final class ClassArchives {
    private static final List<String> NAMES = List.of(Broker.NAME, Registry.NAME);

    private ClassArchives() {}

    /** @param args none */
    public static void main(String[] args) throws IOException {
        Programs programs = Programs.find();
        if (programs.hasArchive(Broker.NAME) && programs.hasArchive(Registry.NAME)) {
            return;
        }
        Path directory = Files.createTempDirectory("rondo-class-archives");
        try {
            make(programs, directory);
        } catch (IOException | RuntimeException e) {
            System.err.println("no class archives, the embedded broker and registry start slower: " + e.getMessage());
        } finally {
            delete(directory);
        }
    }

    private static void make(Programs programs, Path directory) throws IOException {
        Path fresh = Files.createDirectories(directory.resolve("archives"));
        EmbeddedSettings settings = EmbeddedSettings.in(directory.resolve("data"));
        try (EmbeddedCluster cluster = EmbeddedCluster.start(programs.recordingTo(fresh), settings)) {
            use(cluster);
        }
        Files.createDirectories(programs.archives());
        for (String name : NAMES) {
            Files.copy(
                    fresh.resolve(Programs.archiveOf(name)),
                    archive(programs, name),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** What a job does first, so that these classes are in the archive too. */
    private static void use(EmbeddedCluster cluster) {
        LogConnection connection = new LogConnection(cluster.bootstrapServers(), cluster.schemaRegistry(), Map.of());
        List<Topic> topics = new JobTopics("warm-up", 1, 1).fixed();
        try (Admin admin = connection.admin()) {
            connection.topicCreator(admin).ensure(topics);
        }
        connection.registrar().register(topics);
    }

    private static Path archive(Programs programs, String name) {
        return programs.archives().resolve(Programs.archiveOf(name));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
