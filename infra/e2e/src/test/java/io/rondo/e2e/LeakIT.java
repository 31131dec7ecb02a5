package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.job.JobFile;
import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.kit.DecoratedFactory;
import io.rondo.trainer.api.kit.DelegatingTrainer;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import io.rondo.trainer.data.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads every byte of every topic after a run: no B, no head and no text has left a trainer. */
@WithCluster
class LeakIT {
    private static final List<String> TRAINERS = List.of("north", "south", "west");

    @TempDir
    private Path directory;

    private final String name = "leak-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<Tensor> trained = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void shouldLetNothingLeaveButTheSharedFactor(DType dtype, LogConnection connection) throws Exception {
        run(connection, spec(dtype), trainer -> trainer);

        assertThat(trained.stream()
                        .filter(tensor -> role(tensor) == TensorRole.LORA_B)
                        .anyMatch(tensor -> hasNonZero(tensor.values())))
                .as("B has been trained")
                .isTrue();
        assertThat(secrets().size()).isGreaterThan(1_000);
        assertThat(leaks(connection, secrets())).isEmpty();
    }

    @Test
    void shouldFindASharedFactorAsItsOwnControl(LogConnection connection) throws Exception {
        run(connection, spec(DType.F32), trainer -> trainer);
        Secrets shared = new Secrets();
        trained.stream()
                .filter(tensor -> role(tensor) == TensorRole.LORA_A)
                .forEach(tensor -> shared.addTensor(tensor.name(), tensor.values()));

        assertThat(leaks(connection, shared)).anyMatch(leak -> leak.contains("round.000001"));
    }

    @ParameterizedTest
    @Tag("thorough")
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void shouldCatchATrainerThatHidesBInItsUpload(DType dtype, LogConnection connection) throws Exception {
        run(connection, spec(dtype), HidesBInA::new);

        assertThat(leaks(connection, secrets())).anyMatch(leak -> leak.contains("lora_B") && leak.contains("" + dtype));
    }

    private void run(LogConnection connection, JobSpec spec, UnaryOperator<LocalTrainer> plant) throws Exception {
        try (PocketFederation federation = new PocketFederation(connection, directory, spec)) {
            federation.submit(new PocketTrainerFactory());
            for (String trainer : TRAINERS) {
                UnaryOperator<LocalTrainer> planted = trainer.equals("south") ? plant : same -> same;
                federation.train(
                        trainer,
                        new DecoratedFactory(new PocketTrainerFactory(), opened -> planted.apply(recording(opened))));
            }
            federation.awaitEnd();
        }
    }

    /** Remembers every parameter that the trainer had. */
    private LocalTrainer recording(LocalTrainer trainer) {
        return new DelegatingTrainer(trainer) {
            @Override
            public List<Tensor> parameters() {
                List<Tensor> parameters = super.parameters();
                trained.addAll(parameters);
                return parameters;
            }
        };
    }

    private JobSpec spec(DType dtype) {
        return JobFile.of(List.of(
                "name=" + name,
                "rank=4",
                "rounds=2",
                "local-steps=5",
                "batch-size=8",
                "learning-rate=0.5",
                "labels=[no, yes]",
                "partitions=3",
                "chunk-bytes=64",
                "min-trainers=3",
                "dtype=" + dtype.name().toLowerCase(java.util.Locale.ROOT)));
    }

    private Secrets secrets() {
        Secrets secrets = new Secrets();
        trained.stream()
                .filter(tensor -> role(tensor) != TensorRole.LORA_A)
                .forEach(tensor -> secrets.addTensor(tensor.name(), tensor.values()));
        TRAINERS.stream()
                .flatMap(trainer -> PocketFederation.examples(trainer).stream())
                .map(Example::text)
                .forEach(text -> secrets.addText("text", text));
        return secrets;
    }

    private static TensorRole role(Tensor tensor) {
        return tensor.name().contains("lora_A")
                ? TensorRole.LORA_A
                : tensor.name().contains("lora_B") ? TensorRole.LORA_B : TensorRole.HEAD;
    }

    private static boolean hasNonZero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return true;
            }
        }
        return false;
    }

    /** Every secret found in any key or value of any topic of the job, with the place. */
    private List<String> leaks(LogConnection connection, Secrets secrets) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (LogReader reader = LogReader.open(connection, starts(connection))) {
            reader.readToEnd(records::add);
        }
        assertThat(records).hasSizeGreaterThan(100);
        List<String> leaks = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String place = " in " + record.topic() + "-" + record.partition();
            secrets.findIn(record.value()).ifPresent(secret -> leaks.add(secret + place));
            if (record.key() != null) {
                secrets.findIn(record.key()).ifPresent(secret -> leaks.add(secret + place));
            }
            assertThat(record.headers()).isEmpty();
        }
        return leaks;
    }

    private Map<TopicPartition, Long> starts(LogConnection connection) throws Exception {
        try (Admin admin = connection.admin()) {
            Set<String> topics = admin.listTopics().names().get().stream()
                    .filter(topic -> topic.startsWith("rondo." + name + "."))
                    .collect(Collectors.toSet());
            return admin.describeTopics(topics).allTopicNames().get().values().stream()
                    .flatMap(topic -> topic.partitions().stream()
                            .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                    .collect(Collectors.toMap(partition -> partition, partition -> 0L));
        }
    }

    /** Overwrites the start of A with values of B. */
    private static final class HidesBInA extends DelegatingTrainer {
        HidesBInA(LocalTrainer trainer) {
            super(trainer);
        }

        @Override
        public List<Tensor> parameters() {
            List<Tensor> parameters = super.parameters();
            Tensor b = parameters.stream()
                    .filter(tensor -> role(tensor) == TensorRole.LORA_B)
                    .findFirst()
                    .orElseThrow();
            return parameters.stream()
                    .map(tensor -> role(tensor) == TensorRole.LORA_A ? hidden(tensor, b) : tensor)
                    .toList();
        }

        private static Tensor hidden(Tensor a, Tensor b) {
            float[] values = a.values().clone();
            System.arraycopy(b.values(), 0, values, 0, Math.min(b.size(), values.length));
            return new Tensor(a.name(), a.shape(), values);
        }
    }
}
