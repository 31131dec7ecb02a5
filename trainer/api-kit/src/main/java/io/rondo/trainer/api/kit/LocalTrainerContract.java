package io.rondo.trainer.api.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.OptimizerSettings;
import io.rondo.trainer.api.StepSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.api.TrainingReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requirements on every {@link LocalTrainer} for a correct federation. An implementation's test extends this class and
 * provides its factory and a small model; the data is generated here: two classes, 24 training rows.
 */
public abstract class LocalTrainerContract {
    private static final int BATCH = 4;
    private static final int STEPS = 6;
    /** As many as a round has places for, so that it uses all of them. */
    private static final int TRAIN_ROWS = STEPS * BATCH;

    @TempDir
    Path directory;

    protected abstract LocalTrainerFactory factory();

    /**
     * The model of the tests, with two labels.
     *
     * @param directory an empty directory for the model's files
     */
    protected abstract ModelSettings model(Path directory);

    /** The magnitude of the values that the tests load; a model with many layers needs small ones. */
    protected double spread() {
        return 0.1;
    }

    /** Learning rate; large enough that a step changes every parameter. */
    protected double learningRate() {
        return 0.05;
    }

    @Test
    void shouldHaveTheParametersThatItDescribes() {
        try (LocalTrainer trainer = open("a", 1)) {
            List<TensorShape> described = factory().describe(model(directory));
            assertThat(trainer.parameters().stream().map(Tensor::toString))
                    .containsExactlyElementsOf(described.stream()
                            .map(shape -> shape.name() + Arrays.toString(shape.shape()))
                            .toList());
        }
    }

    @Test
    void shouldStartWithoutEffectOfTheAdapter() {
        Map<String, TensorRole> roles = roles();
        try (LocalTrainer trainer = open("a", 1)) {
            for (Tensor tensor : trainer.parameters()) {
                TensorRole role = roles.get(tensor.name());
                if (role == TensorRole.LORA_B || role == TensorRole.VERA_LAMBDA_B) {
                    assertThat(tensor.values()).as(tensor.name()).containsOnly(0f);
                }
            }
        }
    }

    @Test
    void shouldGiveInitialValuesOfAllThatIsNotDrawn() {
        Map<String, TensorRole> roles = roles();
        List<String> names = factory().initialValues(model(directory), 3).stream()
                .map(Tensor::name)
                .toList();
        assertThat(names)
                .containsExactlyElementsOf(factory().describe(model(directory)).stream()
                        .map(TensorShape::name)
                        .filter(name ->
                                roles.get(name) != TensorRole.LORA_A && roles.get(name) != TensorRole.VERA_LAMBDA_D)
                        .toList());
        assertThat(factory().initialValues(model(directory), 3))
                .isEqualTo(factory().initialValues(model(directory), 3));
    }

    @Test
    void shouldGiveBackWhatWasLoadedBitByBit() {
        try (LocalTrainer trainer = open("a", 1)) {
            List<Tensor> values = values(5);
            values.get(0).values()[0] = -0.0f;
            values.get(0).values()[1] = Float.MIN_VALUE;
            trainer.load(values);
            assertThat(trainer.parameters()).isEqualTo(values);
        }
    }

    @Test
    void shouldKeepWhatIsNotLoaded() {
        try (LocalTrainer trainer = open("a", 1)) {
            trainer.load(values(5));
            List<Tensor> expected = new ArrayList<>(trainer.parameters());
            Tensor one = values(6).get(1);
            expected.set(1, one);
            trainer.load(List.of(one));
            assertThat(trainer.parameters()).isEqualTo(expected);
        }
    }

    @Test
    void shouldRefuseWhatIsNoParameter() {
        try (LocalTrainer trainer = open("a", 1)) {
            List<Tensor> before = trainer.parameters();
            Tensor first = before.get(0);
            Tensor unknown = new Tensor(
                    "no.such.parameter", first.shape(), first.values().clone());
            Tensor reshaped = new Tensor(first.name(), new int[] {first.size()}, new float[first.size()]);
            assertThatThrownBy(() -> trainer.load(List.of(unknown))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> trainer.load(List.of(reshaped))).isInstanceOf(IllegalArgumentException.class);
            assertThat(trainer.parameters()).isEqualTo(before);
        }
    }

    @Test
    void shouldTrainAllParametersWhereNoneIsFrozen() {
        try (LocalTrainer trainer = open("a", 1)) {
            trainer.load(values(5));
            List<Tensor> before = trainer.parameters();
            trainer.train(1, Set.of());
            assertThat(changed(before, trainer.parameters())).isEqualTo(names(before));
        }
    }

    @Test
    void shouldKeepFrozenParametersAndTrainTheOthers() {
        Map<String, TensorRole> roles = roles();
        for (TensorRole role : Set.copyOf(roles.values())) {
            Set<String> frozen = roles.keySet().stream()
                    .filter(name -> roles.get(name) == role)
                    .collect(Collectors.toSet());
            try (LocalTrainer trainer = open("a", 1)) {
                trainer.load(values(5));
                List<Tensor> before = trainer.parameters();
                trainer.train(1, frozen);
                Set<String> expected = names(before);
                expected.removeAll(frozen);
                assertThat(changed(before, trainer.parameters()))
                        .as("without %s", role)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldTrainTheSameBytesFromTheSameStart() {
        try (LocalTrainer one = open("a", 1);
                LocalTrainer other = open("a", 1)) {
            one.load(values(5));
            other.load(values(5));
            assertThat(one.train(3, Set.of())).isEqualTo(other.train(3, Set.of()));
            assertThat(one.parameters()).isEqualTo(other.parameters());
        }
    }

    @Test
    void shouldForgetEarlierRounds() {
        try (LocalTrainer experienced = open("a", 1);
                LocalTrainer fresh = open("a", 1)) {
            experienced.load(values(6));
            experienced.train(1, Set.of());
            experienced.evaluate();
            experienced.load(values(5));
            fresh.load(values(5));
            experienced.train(2, Set.of());
            fresh.train(2, Set.of());
            assertThat(experienced.parameters()).isEqualTo(fresh.parameters());
        }
    }

    @Test
    void shouldTakeOtherExamplesInAnotherRoundSeedAndTrainer() {
        List<List<Tensor>> results =
                List.of(trained("a", 1, 1), trained("a", 1, 2), trained("a", 2, 1), trained("b", 1, 1));
        assertThat(results).doesNotHaveDuplicates();
    }

    private List<Tensor> trained(String trainerId, long seed, int round) {
        try (LocalTrainer trainer = open(trainerId, seed)) {
            trainer.load(values(5));
            trainer.train(round, Set.of());
            return trainer.parameters();
        }
    }

    @Test
    void shouldReportItsExamplesAndLoss() {
        try (LocalTrainer trainer = open("a", 1)) {
            TrainingReport report = trainer.train(1, Set.of());
            assertThat(report.numExamples()).isEqualTo(TRAIN_ROWS);
            assertThat(report.metrics().get("loss")).isNotNull().isFinite().isPositive();
        }
    }

    @Test
    void shouldEvaluateWithoutChangingAnything() {
        try (LocalTrainer trainer = open("a", 1)) {
            trainer.load(values(5));
            List<Tensor> before = trainer.parameters();
            Map<String, Double> metrics = trainer.evaluate();
            assertThat(trainer.parameters()).isEqualTo(before);
            assertThat(trainer.evaluate()).isEqualTo(metrics);
            assertThat(metrics).containsKeys("test/loss", "test/accuracy", "pooled/loss", "pooled/accuracy");
            assertThat(metrics.get("test/accuracy")).isBetween(0.0, 1.0);
            assertThat(metrics.get("test/loss")).isFinite().isNotNegative();
        }
    }

    @Test
    void shouldEvaluateTheSameWithAnEvaluationBetweenRounds() {
        try (LocalTrainer watched = open("a", 1);
                LocalTrainer unwatched = open("a", 1)) {
            watched.load(values(5));
            unwatched.load(values(5));
            watched.evaluate();
            watched.train(1, Set.of());
            unwatched.train(1, Set.of());
            assertThat(watched.parameters()).isEqualTo(unwatched.parameters());
        }
    }

    @Test
    void shouldNeverWriteIntoTensorsThatItGaveOrTook() {
        try (LocalTrainer trainer = open("a", 1)) {
            List<Tensor> taken = values(5);
            trainer.load(taken);
            List<Tensor> given = trainer.parameters();
            trainer.train(1, Set.of());
            assertThat(taken).isEqualTo(values(5));
            assertThat(given).isEqualTo(values(5));
        }
    }

    @Test
    void shouldCloseTwice() {
        LocalTrainer trainer = open("a", 1);
        trainer.close();
        trainer.close();
    }

    private LocalTrainer open(String trainerId, long seed) {
        Path train = write("train.tsv", 0, TRAIN_ROWS);
        Path test = write("test.tsv", 100, 10);
        Path pooled = write("pooled.tsv", 200, 14);
        return factory()
                .open(new TrainerSettings(
                        trainerId,
                        model(directory),
                        List.of("bad", "good"),
                        TrainerFiles.of(train, test).withPooledTest(pooled),
                        StepSettings.of(STEPS, BATCH, 16),
                        OptimizerSettings.sgd(learningRate()),
                        2,
                        seed,
                        new ComputeSettings(1, 0),
                        false));
    }

    private Path write(String name, int from, int rows) {
        String[] subjects = {"film", "plot", "cast", "score", "ending", "scene", "joke"};
        String[] praise = {"is great", "works well", "made me smile", "is a delight"};
        String[] blame = {"is dull", "falls flat", "made me yawn", "is a mess"};
        StringBuilder text = new StringBuilder("sentence\tlabel\n");
        for (int row = from; row < from + rows; row++) {
            boolean good = row % 2 == 0;
            text.append("the ")
                    .append(subjects[row % subjects.length])
                    .append(' ')
                    .append((good ? praise : blame)[row / 2 % praise.length])
                    .append(" in take ")
                    .append(row)
                    .append('\t')
                    .append(good ? "good" : "bad")
                    .append('\n');
        }
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Values for every parameter, so that each has a gradient. */
    private List<Tensor> values(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Tensor> values = new ArrayList<>();
        for (TensorShape shape : factory().describe(model(directory))) {
            float[] array = new float[shape.size()];
            for (int i = 0; i < array.length; i++) {
                array[i] = (float) ((random.nextDouble() - 0.5) * 2 * spread());
            }
            values.add(new Tensor(shape.name(), shape.shape(), array));
        }
        return values;
    }

    private Map<String, TensorRole> roles() {
        return factory().describe(model(directory)).stream()
                .collect(Collectors.toMap(TensorShape::name, TensorShape::role));
    }

    private static Set<String> names(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::name).collect(Collectors.toSet());
    }

    private static Set<String> changed(List<Tensor> before, List<Tensor> after) {
        Map<String, Tensor> old = before.stream().collect(Collectors.toMap(Tensor::name, Function.identity()));
        return after.stream()
                .filter(tensor -> !tensor.equals(old.get(tensor.name())))
                .map(Tensor::name)
                .collect(Collectors.toSet());
    }
}
