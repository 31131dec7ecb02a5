package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.job.JobFile;
import io.rondo.log.JobSpec;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleWriter;
import io.rondo.trainer.nd4j.Nd4jTrainerFactory;
import io.rondo.trainer.runtime.TrainerListener;
import io.rondo.trainer.runtime.TrainerService;
import io.rondo.trainer.runtime.TrainerServiceSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job whose log says neither where its model is nor what its classes are called: each site knows it itself. */
@WithCluster
@Tag("thorough")
class UndescribedJobIT {
    private static final Path MODEL =
            Path.of("..", "..", "trainer", "nd4j", "src", "test", "resources", "peft", "bert");
    private static final List<String> CLASSES = List.of("confidential-one", "confidential-two");

    @TempDir
    private Path directory;

    private final String name = "undescribed-" + UUID.randomUUID().toString().substring(0, 8);
    private LogConnection connection;

    @BeforeAll
    static void stayOffline() {
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("DJL_OFFLINE", "true");
    }

    @BeforeEach
    void connect(LogConnection cluster) {
        connection = cluster;
    }

    @Test
    void shouldTrainWithoutTextsOfLabelsAndPathsInTheLog() throws Exception {
        JobSpec spec = JobFile.of(List.of(
                "name=" + name,
                "model=the-one-we-agreed-on",
                "rank=2",
                "rounds=1",
                "local-steps=2",
                "batch-size=4",
                "max-length=16",
                "labels=2",
                "partitions=2",
                "min-trainers=2"));
        ExecutorService threads = Executors.newCachedThreadPool();
        try (PocketFederation federation = new PocketFederation(connection, directory, spec)) {
            federation.submit(new Nd4jTrainerFactory(), MODEL);
            // each site has its copy, under a name of its own
            List<Future<?>> trainers = new ArrayList<>();
            for (String trainer : List.of("a", "b")) {
                trainers.add(threads.submit(service(trainer)::run));
            }
            for (Future<?> trainer : trainers) {
                trainer.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(Verifier.verify(connection, name).isSound()).isTrue();
        assertThat(everything())
                .contains("the-one-we-agreed-on")
                .doesNotContain("confidential")
                .doesNotContain("our-model")
                .doesNotContain(MODEL.toAbsolutePath().normalize().toString());
    }

    private TrainerService service(String trainer) throws IOException {
        Path model = Files.createDirectories(directory.resolve("our-model-of-" + trainer));
        try (Stream<Path> files = Files.list(MODEL)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Path data = directory.resolve(trainer + ".jsonl");
        ExampleWriter.write(
                data,
                IntStream.range(0, 8)
                        .mapToObj(i -> new Example("it was bad", Optional.empty(), CLASSES.get(i % 2)))
                        .toList());
        SiteSettings site = new SiteSettings(
                        trainer, TrainerFiles.of(data, data), directory, ComputeSettings.ofThreads(1), false)
                .withModelIn(model)
                .withLabelTexts(CLASSES);
        return new TrainerService(
                new TrainerServiceSettings(connection, name, site, directory.resolve("state-" + trainer)),
                new Nd4jTrainerFactory(),
                new TrainerListener() {});
    }

    /** All values of all topics, one after the other. */
    private String everything() {
        JobTopics topics = new JobTopics(name, 2, 1);
        StringBuilder all = new StringBuilder();
        List<Topic> read = Stream.concat(topics.fixed().stream(), Stream.of(topics.round(0), topics.round(1)))
                .toList();
        for (Topic topic : read) {
            try (LogReader reader = LogReader.open(
                    connection,
                    IntStream.range(0, topic.partitions())
                            .boxed()
                            .collect(Collectors.toMap(
                                    partition -> new TopicPartition(topic.name(), partition), partition -> 0L)))) {
                reader.readToEnd(record -> all.append(new String(record.value(), StandardCharsets.ISO_8859_1)));
            }
        }
        return all.toString();
    }
}
