package io.rondo.trainer.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.Generator;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
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
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Nd4jTrainerTest {
    private static final ModelSettings MODEL = model("all-MiniLM-L6-v2", AdapterKind.LORA, List.of("query", "value"));
    private static final int STEPS = 3;
    private static final int BATCH = 8;

    private final Nd4jTrainerFactory factory = new Nd4jTrainerFactory();

    @TempDir
    Path directory;

    private Path train;
    private Path test;

    @BeforeEach
    void writeTexts() {
        train = directory.resolve("train.jsonl");
        test = directory.resolve("test.jsonl");
        ExampleWriter.write(train, texts(40));
        ExampleWriter.write(test, texts(12));
    }

    @Test
    void shouldBeFoundByItsName() {
        assertThat(ServiceLoader.load(LocalTrainerFactory.class).stream()
                        .map(provider -> provider.get().name()))
                .contains("nd4j");
    }

    @Test
    void shouldDescribeTheLayoutInPeftsNames() {
        List<TensorShape> layout = factory.describe(MODEL);

        assertThat(layout).hasSize(6 * 4 + 2);
        assertThat(layout.subList(0, 4))
                .extracting(TensorShape::name)
                .containsExactly(
                        "base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight",
                        "base_model.model.bert.encoder.layer.0.attention.self.query.lora_B.weight",
                        "base_model.model.bert.encoder.layer.0.attention.self.value.lora_A.weight",
                        "base_model.model.bert.encoder.layer.0.attention.self.value.lora_B.weight");
        assertThat(layout.get(24))
                .isEqualTo(new TensorShape("base_model.model.classifier.weight", TensorRole.HEAD, 2, 384));
        assertThat(layout.get(25)).isEqualTo(new TensorShape("base_model.model.classifier.bias", TensorRole.HEAD, 2));
        assertThat(layout.stream()
                        .filter(shape -> shape.role() == TensorRole.LORA_A)
                        .mapToInt(TensorShape::size)
                        .sum())
                .isEqualTo(36_864);
    }

    @Test
    void shouldStartFromTheGeneratorsValues() {
        try (LocalTrainer trainer = open("site-1", 1)) {
            // when
            List<Tensor> parameters = trainer.parameters();

            // then
            List<TensorShape> layout = factory.describe(MODEL);
            assertThat(parameters)
                    .extracting(Tensor::name)
                    .isEqualTo(layout.stream().map(TensorShape::name).toList());
            assertThat(parameters.get(0)).isEqualTo(Generator.loraA(1, layout.get(0)));
            assertThat(parameters).containsAll(factory.initialValues(MODEL, 1));
            assertThat(parameters.get(1).values()).containsOnly(0);
        }
    }

    @Test
    void shouldLowerTheLossAndClimbOnATestSet() {
        try (LocalTrainer trainer = open("site-1", 2)) {
            // given
            Map<String, Double> before = trainer.evaluate();

            // when
            TrainingReport first = trainer.train(1, Set.of());
            for (int round = 2; round <= 6; round++) {
                trainer.train(round, Set.of());
            }

            // then
            Map<String, Double> after = trainer.evaluate();
            assertThat(first.numExamples()).isEqualTo(STEPS * BATCH);
            assertThat(after.get("test/loss")).isLessThan(0.6 * before.get("test/loss"));
            assertThat(after.get("test/accuracy")).isGreaterThan(0.9);
            assertThat(after)
                    .containsOnlyKeys(
                            "test/loss",
                            "test/accuracy",
                            "pooled/loss",
                            "pooled/accuracy",
                            "validation/loss",
                            "validation/accuracy");
            assertThat(after.get("pooled/loss")).isEqualTo(after.get("test/loss"));
        }
    }

    @Test
    void shouldTrainTheSameBytesAgainAndOnMoreThreads() {
        // given
        List<Tensor> once = trained("site-1", 1, 1);

        // then
        assertThat(trained("site-1", 1, 1)).isEqualTo(once);
        assertThat(trained("site-1", 2, 1)).isEqualTo(once);
        assertThat(trained("site-1", 1, 2)).isNotEqualTo(once);
        assertThat(trained("site-2", 1, 1)).isNotEqualTo(once);
    }

    private List<Tensor> trained(String trainerId, int threads, int round) {
        try (LocalTrainer trainer = open(trainerId, threads)) {
            trainer.train(round, Set.of());
            return trainer.parameters();
        }
    }

    @Test
    void shouldKeepFrozenParametersAndHandOutCopies() {
        try (LocalTrainer trainer = open("site-1", 1)) {
            // given
            List<Tensor> before = trainer.parameters();
            Set<String> frozen = Set.of(before.get(1).name(), before.get(24).name());

            // when
            trainer.train(1, frozen);

            // then
            List<Tensor> after = trainer.parameters();
            assertThat(after.get(1)).isEqualTo(before.get(1));
            assertThat(after.get(24)).isEqualTo(before.get(24));
            assertThat(after.get(3)).isNotEqualTo(before.get(3));
            assertThat(after.get(25)).isNotEqualTo(before.get(25));
        }
    }

    @Test
    void shouldTakeNoStepWhenItMeasures() {
        try (LocalTrainer trainer = open("site-1", 2)) {
            // given
            trainer.train(1, Set.of());
            List<Tensor> before = trainer.parameters();

            // when
            Map<String, Double> measures = trainer.evaluate();
            Map<String, Double> baseline = trainer.headOnlyBaseline();

            // then
            assertThat(trainer.evaluate()).isEqualTo(measures);
            assertThat(trainer.parameters()).isEqualTo(before);
            assertThat(baseline).containsOnlyKeys("head-only/test/accuracy", "head-only/pooled/accuracy");
            assertThat(trainer.headOnlyBaseline()).isEqualTo(baseline);
        }
    }

    @Test
    void shouldRefuseALabelThatIsNoClass() {
        ExampleWriter.write(train, List.of(Example.of("what is this", "2")));

        assertRefused(
                ErrorCode.DATA_UNREADABLE, "label '2'", () -> open("site-1", 1).close());
    }

    @Test
    void shouldRefuseLabelsInAnotherSpellingAndFilesWithoutLabels() {
        ExampleWriter.write(train, List.of(Example.of("what is this", "1.0")));
        assertRefused(
                ErrorCode.LABELS_AMBIGUOUS, "line 1: the label '1.0', where the job has '1'", () -> open("site-1", 1)
                        .close());

        ExampleWriter.write(train, List.of(Example.of("what is this", "-1"), Example.of("and this", "-1")));
        assertRefused(ErrorCode.UNLABELLED_DATA, "all 2 labels", () -> open("site-1", 1)
                .close());
    }

    @Test
    void shouldRefuseAFileWithoutExamples() {
        ExampleWriter.write(train, List.of());

        assertThatThrownBy(() -> open("site-1", 1).close()).isInstanceOf(RondoException.class);
    }

    @Test
    void shouldRefuseModelsAndAdaptersItDoesNotKnow() {
        List<String> modules = List.of("query", "value");
        assertRefused(ErrorCode.MODEL_NOT_FOUND, "'bert-huge'", model("bert-huge", AdapterKind.LORA, modules));
        assertRefused(
                ErrorCode.MODEL_UNREADABLE,
                directory.toString(),
                model(directory.toString(), AdapterKind.LORA, modules));
        assertRefused(ErrorCode.BAD_CONFIG, "'fc1'", model(MODEL.model(), AdapterKind.LORA, List.of("query", "fc1")));
        assertRefused(ErrorCode.BAD_CONFIG, "target modules", model(MODEL.model(), AdapterKind.LORA, List.of()));
    }

    private void assertRefused(ErrorCode code, String value, ModelSettings settings) {
        assertRefused(code, value, () -> factory.describe(settings));
    }

    private static void assertRefused(ErrorCode code, String value, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RondoException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal).hasMessageContaining(value);
        });
    }

    private LocalTrainer open(String trainerId, int threads) {
        return factory.open(new TrainerSettings(
                trainerId,
                MODEL,
                List.of("0", "1"),
                TrainerFiles.of(train, test).withPooledTest(test).withValidation(train),
                StepSettings.of(STEPS, BATCH, 24),
                OptimizerSettings.sgd(0.1),
                2,
                1,
                new ComputeSettings(threads, 0),
                true));
    }

    private static ModelSettings model(String name, AdapterKind adapter, List<String> modules) {
        return new ModelSettings(name, ModelCache.DIRECTORY, adapter, 8, 16, modules, 2);
    }

    private static List<Example> texts(int count) {
        String[] good = {"wonderful", "brilliant", "moving", "superb"};
        String[] bad = {"dull", "awful", "boring", "clumsy"};
        String[] things = {"plot", "acting", "ending"};
        List<Example> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String word = i % 2 == 0 ? good[i / 2 % 4] : bad[i / 2 % 4];
            texts.add(Example.of("the " + things[i % 3] + " is " + word, i % 2 == 0 ? "1" : "0"));
        }
        return texts;
    }
}
