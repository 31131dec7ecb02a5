package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.HeadPolicy;
import io.rondo.schemas.adapter.Method;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.tensor.TensorBytes;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.api.kit.AddingTrainer;
import io.rondo.trainer.runtime.state.StateDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What leaves a trainer, and what stays, under every method, adapter and head policy, with a crash in between. */
class UploadedTensorsTest {
    private static final int ROUNDS = 6;

    @TempDir
    Path root;

    private final AddingTrainer.Memory memory = new AddingTrainer.Memory();

    /** Copies of records are refused until a codec has said which classes Avro may make. */
    @BeforeAll
    static void trustTheRecordsOfTheLog() {
        new InMemorySchemas().codec().close();
    }

    static Stream<Arguments> jobs() {
        List<Arguments> jobs = new ArrayList<>();
        for (Method method : Method.values()) {
            for (AdapterKind adapter : AdapterKind.values()) {
                for (HeadPolicy head : HeadPolicy.values()) {
                    if (method != Method.LOCAL || head != HeadPolicy.SHARED) {
                        jobs.add(Arguments.of(method, adapter, head));
                    }
                }
            }
        }
        return jobs.stream();
    }

    /** The table of methods, written down once more: the policy itself is under test. */
    private static boolean leaves(Method method, HeadPolicy head, TensorRole role, int round) {
        return switch (role) {
            case LORA_A, VERA_LAMBDA_D ->
                switch (method) {
                    case FEDSA, FEDIT -> true;
                    case ROLORA -> round == 2 || round == 4 || round == 6;
                    case FFA, FED_ALORA, LOCAL -> false;
                };
            case LORA_B, VERA_LAMBDA_B ->
                switch (method) {
                    case FEDIT, FFA, FED_ALORA -> true;
                    case ROLORA -> round == 1 || round == 3 || round == 5;
                    case FEDSA, LOCAL -> false;
                };
            case HEAD -> head == HeadPolicy.SHARED;
        };
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void shouldSendNothingButWhatTheMethodSharesAndKeepTheRest(Method method, AdapterKind adapter, HeadPolicy head) {
        // given
        FakeAggregator aggregator = new FakeAggregator(Records.of(submitted(method, adapter, head, 0)));

        // when
        runWithACrash(aggregator, adapter, Crash.Point.BEFORE_UPLOAD, 3);

        // then
        assertThat(memory.after).hasSize(ROUNDS);
        assertSent(aggregator, method, adapter, head);
        assertKept(method, adapter, head);
    }

    /** The values of the shared tensors as the round left them, in layout order, and not one more. */
    private void assertSent(FakeAggregator aggregator, Method method, AdapterKind adapter, HeadPolicy head) {
        assertThat(aggregator.manifests).hasSize(ROUNDS);
        int chunks = 0;
        for (UpdateManifest manifest : aggregator.manifests) {
            int round = manifest.getRound();
            List<Float> expected = new ArrayList<>();
            for (TensorShape shape : AddingTrainer.layout(adapter)) {
                if (leaves(method, head, shape.role(), round)) {
                    for (float value : memory.after.get(round).get(shape.name()).values()) {
                        expected.add(value);
                    }
                }
            }
            List<TensorChunk> sent = aggregator.chunks.stream()
                    .filter(chunk -> chunk.getAttempt().equals(manifest.getAttempt()))
                    .toList();
            assertThat(values(sent)).as("round " + round).isEqualTo(expected);
            assertThat(manifest.getMetrics()).isEqualTo(Map.of("loss", 1.0));
            chunks += sent.size();
        }
        assertThat(aggregator.chunks).hasSize(chunks);
    }

    /** What never leaves enters a round as the last one left it, over a restart too. */
    private void assertKept(Method method, AdapterKind adapter, HeadPolicy head) {
        for (TensorShape shape : AddingTrainer.layout(adapter)) {
            boolean everLeaves = leaves(method, head, shape.role(), 1) || leaves(method, head, shape.role(), 2);
            for (int round = 2; round <= ROUNDS && !everLeaves; round++) {
                assertThat(memory.before.get(round).get(shape.name()))
                        .as(shape.name() + " in round " + round)
                        .isEqualTo(memory.after.get(round - 1).get(shape.name()));
            }
        }
    }

    @Test
    void shouldWarmUpItsOwnTensorsBeforeTheFirstUploadOfALateJoiner() {
        // given
        FakeAggregator aggregator =
                new FakeAggregator(Records.of(submitted(Method.FEDSA, AdapterKind.LORA, HeadPolicy.LOCAL, 4)));
        aggregator.publish(1, aggregator.random(1));
        aggregator.publish(2, aggregator.random(2));

        // when
        run(aggregator, AdapterKind.LORA, Crash.NEVER);

        // then
        assertThat(memory.warmedUp).isEqualTo(Map.of(3, java.util.Set.of("query.lora_A", "value.lora_A")));
        assertThat(memory.before.get(3).get("query.lora_B").values()).doesNotContain(0f);
        assertThat(memory.before.get(3).get("query.lora_A"))
                .isEqualTo(aggregator
                        .records
                        .job()
                        .flat(2)
                        .split(aggregator.random(2))
                        .get("query.lora_A"));
    }

    @Test
    void shouldNotWarmUpInTheFirstRoundNorWithoutBeingAsked() {
        for (int steps : new int[] {0, 4}) {
            FakeAggregator aggregator =
                    new FakeAggregator(Records.of(submitted(Method.FEDSA, AdapterKind.LORA, HeadPolicy.LOCAL, steps)));
            if (steps == 0) {
                aggregator.publish(1, aggregator.random(1));
            }
            run(aggregator, AdapterKind.LORA, Crash.NEVER, root.resolve("steps-" + steps));
        }

        assertThat(memory.before).isNotEmpty();
        assertThat(memory.warmedUp).isEmpty();
    }

    private static List<Float> values(List<TensorChunk> chunks) {
        List<Float> values = new ArrayList<>();
        for (TensorChunk chunk : chunks) {
            float[] decoded = new float[chunk.getCount()];
            TensorBytes.decode(chunk.getDtype(), chunk.getValues(), decoded, 0, decoded.length);
            for (float value : decoded) {
                values.add(value);
            }
        }
        return values;
    }

    private void runWithACrash(FakeAggregator aggregator, AdapterKind adapter, Crash.Point point, int round) {
        Crash crash = new Crash(point, round);
        assertThatThrownBy(() -> run(aggregator, adapter, crash)).isInstanceOf(Crash.Killed.class);
        run(aggregator, adapter, Crash.NEVER);
    }

    private void run(FakeAggregator aggregator, AdapterKind adapter, Crash crash) {
        run(aggregator, adapter, crash, root.resolve("state"));
    }

    private void run(FakeAggregator aggregator, AdapterKind adapter, Crash crash, Path state) {
        TrainerServiceSettings settings = new TrainerServiceSettings(
                new LogConnection("localhost:1", "http://localhost:2", Map.of()),
                "test",
                new SiteSettings("site-a", TrainerFiles.of(root, root), root, ComputeSettings.ofThreads(1), false),
                state);
        LocalTrainerFactory factory = AddingTrainer.factory(adapter, memory);
        FakeAggregator.Log log = aggregator.log(crash);
        try (StateDirectory directory = StateDirectory.open(state);
                Plugin trainer = Plugin.open(factory, aggregator.records.job().trainerSettings(settings.site()))) {
            new TrainerLoop(settings, log, trainer, directory, new TrainerListener() {}, log::isIdle).run();
        }
    }

    private static JobSubmitted submitted(Method method, AdapterKind adapter, HeadPolicy head, int warmUpSteps) {
        JobSubmitted pocket = Records.submitted("fedsa", ROUNDS, DType.F32);
        AdapterLayout layout = new AdapterLayout(AddingTrainer.layout(adapter));
        JobSpec spec = JobSpec.newBuilder(pocket.getSpec())
                .setMethod(method.id())
                .setAdapter(adapter.id())
                .setHead(head.id())
                .setLocalWarmUpSteps(warmUpSteps)
                .build();
        return JobSubmitted.newBuilder(pocket)
                .setSpec(spec)
                .setLayout(layout.toAvro())
                .setLayoutDigest(layout.digest())
                .build();
    }
}
