package io.rondo.trainer.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.InitialValue;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LearningRateSchedule;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.OptimizerKind;
import io.rondo.trainer.api.OptimizerSettings;
import io.rondo.trainer.api.StepSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A job's options, from its settings to the values that a trainer ends with, on a small random BERT of two layers. */
class TrainingOptionsTest {
    private static final OptimizerSettings ADAMW =
            new OptimizerSettings(OptimizerKind.ADAMW, 0.01, 0.01, LearningRateSchedule.LINEAR, 2, 1);
    private static final StepSettings PLAIN = StepSettings.of(4, 6, 16);
    private static final StepSettings ALL = new StepSettings(4, 3, 6, 2, 16, 0.2);

    private final Nd4jTrainerFactory factory = new Nd4jTrainerFactory();

    @TempDir
    Path directory;

    @BeforeEach
    void writeTexts() {
        ExampleWriter.write(
                directory.resolve("texts.jsonl"),
                IntStream.range(0, 20)
                        .mapToObj(i -> new Example(
                                "the " + i + " " + "film ".repeat(i % 5),
                                i % 2 == 0 ? Optional.empty() : Optional.of("is good " + i),
                                String.valueOf(i % 3)))
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(AdapterKind.class)
    void shouldTrainTheSameBytesOnMoreThreadsAndWithAStateCache(AdapterKind kind) {
        // given
        ModelSettings model = model(kind, List.of(1));
        List<Tensor> once = trained(model, ALL, ADAMW, 1, 0);

        // then
        assertThat(trained(model, ALL, ADAMW, 2, 0)).isEqualTo(once);
        assertThat(trained(model, ALL, ADAMW, 1, 8)).isEqualTo(once);
        assertThat(trained(model, ALL, ADAMW, 2, 8)).isEqualTo(once);
    }

    @Test
    void shouldHeedEachOption() {
        ModelSettings model = model(AdapterKind.LORA, List.of());
        OptimizerSettings sgd = OptimizerSettings.sgd(0.01);

        assertThat(List.of(
                        trained(model, PLAIN, sgd, 1, 0),
                        trained(model, PLAIN, OptimizerSettings.sgd(0.02), 1, 0),
                        trained(model, PLAIN, ADAMW, 1, 0),
                        trained(model, PLAIN, sgd(0.1, LearningRateSchedule.CONSTANT, 0, 0), 1, 0),
                        trained(model, PLAIN, sgd(0, LearningRateSchedule.LINEAR, 0, 0), 1, 0),
                        trained(model, PLAIN, sgd(0, LearningRateSchedule.CONSTANT, 3, 0), 1, 0),
                        trained(model, PLAIN, sgd(0, LearningRateSchedule.CONSTANT, 0, 0.01), 1, 0),
                        trained(model, new StepSettings(4, 0, 6, 0, 16, 0.2), sgd, 1, 0),
                        trained(model, StepSettings.of(5, 6, 16), sgd, 1, 0),
                        trained(model, StepSettings.of(4, 5, 16), sgd, 1, 0),
                        trained(model, StepSettings.of(4, 6, 5), sgd, 1, 0)))
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldCountTheStepsOfAllRoundsInTheSchedule() {
        // the first of the job's two steps has a learning rate of 0, the second half of it
        OptimizerSettings warmingUp = sgd(0, LearningRateSchedule.CONSTANT, 2, 0);
        try (LocalTrainer trainer =
                open(model(AdapterKind.LORA, List.of()), StepSettings.of(1, 6, 16), warmingUp, 1, 0)) {
            List<Tensor> start = trainer.parameters();

            trainer.train(1, Set.of());
            assertThat(trainer.parameters()).isEqualTo(start);

            trainer.train(2, Set.of());
            assertThat(trainer.parameters()).isNotEqualTo(start);
        }
    }

    @Test
    void shouldWarmUpWhatIsNotFrozenAndNothingWithoutBeingAsked() {
        ModelSettings model = model(AdapterKind.LORA, List.of());
        Set<String> shared = factory.describe(model).stream()
                .filter(shape -> shape.role().isDownProjection())
                .map(TensorShape::name)
                .collect(Collectors.toSet());
        for (StepSettings steps : List.of(PLAIN, ALL)) {
            try (LocalTrainer trainer = open(model, steps, OptimizerSettings.sgd(0.1), 1, 0)) {
                List<Tensor> start = trainer.parameters();

                trainer.warmUp(2, shared);

                List<Tensor> end = trainer.parameters();
                for (int i = 0; i < start.size(); i++) {
                    boolean kept = steps.localWarmUpSteps() == 0
                            || shared.contains(start.get(i).name());
                    assertThat(end.get(i).equals(start.get(i)))
                            .as(start.get(i).name())
                            .isEqualTo(kept);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(AdapterKind.class)
    void shouldStartFromTheInitialValuesOfEachRole(AdapterKind kind) {
        ModelSettings model = model(kind, List.of());
        try (LocalTrainer trainer = open(model, PLAIN, ADAMW, 1, 0)) {
            List<Tensor> adapters = trainer.parameters().stream()
                    .filter(tensor -> !tensor.name().contains("classifier"))
                    .toList();

            assertThat(adapters)
                    .hasSize(8)
                    .isEqualTo(factory.describe(model).stream()
                            .filter(shape -> !shape.name().contains("classifier"))
                            .map(shape -> InitialValue.of(1, shape))
                            .toList());
        }
    }

    @Test
    void shouldRefuseALayerThatTheModelDoesNotHave() {
        assertThatThrownBy(() -> factory.describe(model(AdapterKind.LORA, List.of(1, 2))))
                .isInstanceOf(RondoException.class)
                .hasMessageContaining("no layer 2");
    }

    private static OptimizerSettings sgd(
            double weightDecay, LearningRateSchedule schedule, int warmUpSteps, double maxGradNorm) {
        return new OptimizerSettings(OptimizerKind.SGD, 0.01, weightDecay, schedule, warmUpSteps, maxGradNorm);
    }

    private static ModelSettings model(AdapterKind kind, List<Integer> layers) {
        return new ModelSettings(
                Path.of("src", "test", "resources", "peft", "bert").toString(),
                ModelCache.DIRECTORY,
                kind,
                4,
                8,
                List.of("query", "value"),
                layers,
                3);
    }

    private List<Tensor> trained(
            ModelSettings model, StepSettings steps, OptimizerSettings optimizer, int threads, int cache) {
        try (LocalTrainer trainer = open(model, steps, optimizer, threads, cache)) {
            trainer.train(1, Set.of());
            trainer.evaluate();
            trainer.train(2, Set.of());
            return trainer.parameters();
        }
    }

    private LocalTrainer open(
            ModelSettings model, StepSettings steps, OptimizerSettings optimizer, int threads, int cache) {
        Path texts = directory.resolve("texts.jsonl");
        return factory.open(new TrainerSettings(
                "site-1",
                model,
                List.of("0", "1", "2"),
                TrainerFiles.of(texts, texts),
                steps,
                optimizer,
                2,
                1,
                new ComputeSettings(threads, cache),
                false));
    }
}
