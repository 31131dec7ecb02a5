package io.rondo.trainer.nd4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.engine.Tape.Matrix;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.EncoderFamily;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import io.rondo.trainer.nd4j.model.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineTest {
    private static final int LABELS = 3;
    private static final float RATE = 0.1f;

    private final Random random = new Random(7);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "BERT, 3, LORA, QUERY+VALUE, , 0",
        "BERT, 2, LORA, QUERY, , 0",
        "BERT, 2, LORA, VALUE, , 0",
        "BERT, 1, LORA, QUERY+VALUE, , 0",
        "ROBERTA, 2, LORA, QUERY+VALUE, , 0",
        "BERT, 2, LORA, KEY, , 0",
        "BERT, 1, LORA, KEY, , 0",
        "BERT, 2, LORA, ATTENTION_OUTPUT+INTERMEDIATE+OUTPUT, , 0",
        "BERT, 3, LORA, QUERY+KEY+VALUE+ATTENTION_OUTPUT+INTERMEDIATE+OUTPUT, , 0.3",
        "BERT, 1, LORA, QUERY+KEY+VALUE+ATTENTION_OUTPUT+INTERMEDIATE+OUTPUT, , 0.3",
        "BERT, 3, RSLORA, QUERY+VALUE, , 0.3",
        "BERT, 4, LORA, QUERY+VALUE, 2+3, 0",
        "BERT, 4, LORA, QUERY+VALUE, 3, 0.2",
        "BERT, 4, LORA, QUERY+VALUE, 0, 0",
        "BERT, 4, LORA, QUERY+VALUE, 0+2, 0.2",
        "ROBERTA, 4, VERA, QUERY+VALUE, 1, 0.2",
        "BERT, 4, LORA, QUERY+VALUE+OUTPUT, 1, 0.2",
        "BERT, 3, VERA, QUERY+VALUE, , 0",
        "ROBERTA, 3, VERA, QUERY+KEY+VALUE+ATTENTION_OUTPUT+INTERMEDIATE+OUTPUT, 1+2, 0.3",
        "BERT, 1, VERA, QUERY+KEY+VALUE+ATTENTION_OUTPUT+INTERMEDIATE+OUTPUT, , 0"
    })
    void shouldAgreeWithItsTwinOnRaggedBatches(
            EncoderFamily family, int layers, AdapterKind kind, String modules, String adapted, double probability)
            throws IOException {
        // given
        AdapterShape adapter = adapter(kind, modules, adapted);
        TinyModel model = model(family, layers);
        EngineSettings settings = new EngineSettings(2, 5, probability, probability > 0 ? 4 : 0);
        Optional<Dropout> dropout = dropout(probability, 99);
        List<TokenIds> batch = batch(19);
        int[] labels = labels(19);
        try (StateCache states = new StateCache(1 << 20);
                Engine engine = new Engine(model.write(directory), adapter, settings, states)) {
            engine.load(randomValues(adapter, model.config()));
            TwinEncoder twin = new TwinEncoder(model, adapter, settings, engine.parameters());
            float[] gradient = new float[size(adapter, model.config())];

            // when
            double loss = engine.gradient(batch, labels, dropout, Set.of(), gradient);

            // then
            assertThat(loss).isCloseTo(twin.gradient(batch, labels, dropout), within(1e-5));
            assertClose(twin, gradient);
            assertThat(engine.loss(batch, labels))
                    .as("measured, where layers share buffers")
                    .isCloseTo(twin.gradient(batch, labels, Optional.empty()), within(1e-5));
        }
    }

    /** All gradients within 1e-4 of the largest of their tensor. */
    private static void assertClose(TwinEncoder twin, float[] gradient) {
        int position = 0;
        for (var parameter : twin.parameters.entrySet()) {
            double[] expected = parameter.getValue().gradient;
            double largest = 0;
            double error = 0;
            for (int i = 0; i < expected.length; i++) {
                largest = Math.max(largest, Math.abs(expected[i]));
                error = Math.max(error, Math.abs(expected[i] - gradient[position + i]));
            }
            assertThat(largest).as(parameter.getKey()).isPositive();
            assertThat(error / largest).as(parameter.getKey()).isLessThan(1e-4);
            position += expected.length;
        }
        assertThat(position).isEqualTo(gradient.length);
    }

    @ParameterizedTest
    @CsvSource({
        "BERT, LORA, QUERY+VALUE, 0",
        "ROBERTA, LORA, QUERY+KEY+VALUE+ATTENTION_OUTPUT+INTERMEDIATE+OUTPUT, 0.3",
        "BERT, RSLORA, QUERY+VALUE, 0.3",
        "BERT, VERA, QUERY+KEY+VALUE+ATTENTION_OUTPUT+INTERMEDIATE+OUTPUT, 0.3"
    })
    void shouldHaveATwinThatAgreesWithFiniteDifferences(
            EncoderFamily family, AdapterKind kind, String modules, double probability) {
        // given
        AdapterShape adapter = adapter(kind, modules, "");
        TinyModel model = model(family, 2);
        Optional<Dropout> dropout = dropout(probability, 7);
        List<TokenIds> batch = batch(3);
        int[] labels = labels(3);
        TwinEncoder twin = new TwinEncoder(model, adapter, randomValues(adapter, model.config()));

        // when
        twin.gradient(batch, labels, dropout);

        // then
        double step = 1e-5;
        Map<String, double[]> gradients = new HashMap<>();
        twin.parameters.forEach((name, matrix) -> gradients.put(name, matrix.gradient.clone()));
        for (var parameter : twin.parameters.entrySet()) {
            Matrix matrix = parameter.getValue();
            for (int probe = 0; probe < 3; probe++) {
                int index = random.nextInt(matrix.values.length);
                double expected = gradients.get(parameter.getKey())[index];
                double value = matrix.values[index];
                matrix.values[index] = value + step;
                double above = twin.gradient(batch, labels, dropout);
                matrix.values[index] = value - step;
                double below = twin.gradient(batch, labels, dropout);
                matrix.values[index] = value;
                assertThat((above - below) / (2 * step))
                        .as(parameter.getKey())
                        .isCloseTo(expected, within(1e-8 + 1e-5 * Math.abs(expected)));
            }
        }
    }

    /** Whatever is frozen costs no gradient, and the others have the gradients that they have without it. */
    @ParameterizedTest
    @CsvSource({"LORA, DOWN, 0", "LORA, UP, 0", "LORA, UP, 0.3", "LORA, DOWN, 0.3", "VERA, DOWN, 0", "VERA, UP, 0"})
    void shouldComputeOnlyTheGradientsThatAreAskedFor(AdapterKind kind, String factor, double probability)
            throws IOException {
        // given
        AdapterShape adapter = adapter(kind, "QUERY+VALUE+OUTPUT", "1+2");
        TinyModel model = model(3);
        Optional<Dropout> dropout = dropout(probability, 1);
        List<TokenIds> batch = batch(9);
        int[] labels = labels(9);
        List<TensorShape> layout = adapter.layout(model.config());
        Set<String> frozen = layout.stream()
                .filter(shape -> shape.role() != TensorRole.HEAD)
                .filter(shape -> shape.role().isDownProjection() == factor.equals("DOWN"))
                .map(TensorShape::name)
                .collect(Collectors.toSet());
        try (Engine engine = new Engine(
                model.write(directory), adapter, new EngineSettings(1, 5, probability, 0), StateCache.none())) {
            engine.load(randomValues(adapter, model.config()));
            float[] all = new float[engine.size()];
            engine.gradient(batch, labels, dropout, Set.of(), all);

            // when
            float[] some = new float[engine.size()];
            engine.gradient(batch, labels, dropout, frozen, some);

            // then
            int position = 0;
            for (TensorShape shape : layout) {
                for (int i = position; i < position + shape.size(); i++) {
                    assertThat(some[i]).as(shape.name()).isEqualTo(frozen.contains(shape.name()) ? 0 : all[i]);
                }
                position += shape.size();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.3, 0", "0, 3", "0.3, 3"})
    void shouldTrainTheSameBytesWithAndWithoutACacheOfFrozenStates(double probability, int microBatch)
            throws IOException {
        // given
        AdapterShape adapter = adapter(AdapterKind.LORA, "QUERY+VALUE", "2+3");
        TinyModel model = model(4);
        model.write(directory);
        List<Tensor> start = randomValues(adapter, model.config());
        List<TokenIds> examples = batch(40);
        int[] labels = labels(40);

        // when
        List<List<Tensor>> ends = new ArrayList<>();
        List<float[][]> features = new ArrayList<>();
        for (int megabytes : new int[] {0, 1}) {
            for (int threads : new int[] {1, 2}) {
                try (StateCache states = new StateCache((long) megabytes << 20);
                        Engine engine = new Engine(
                                open(), adapter, new EngineSettings(threads, 0, probability, microBatch), states)) {
                    engine.load(start);
                    Optimizer optimizer = Optimizer.sgd(0, 0);
                    for (int step = 0; step < 6; step++) {
                        // overlapping batches, so that examples come again in other company
                        int from = 5 * step;
                        engine.step(
                                examples.subList(from, from + 11),
                                Arrays.copyOfRange(labels, from, from + 11),
                                dropout(probability, step),
                                Set.of(),
                                optimizer,
                                RATE);
                    }
                    ends.add(engine.parameters());
                    features.add(engine.features(examples));
                }
            }
        }

        // then
        assertThat(ends.get(0)).isNotEqualTo(start);
        assertThat(ends).containsOnly(ends.get(0));
        assertThat(features).allSatisfy(each -> assertThat(each).isDeepEqualTo(features.get(0)));
    }

    @Test
    void shouldKeepNoMoreStatesThanItsCacheHolds() {
        try (StateCache cache = new StateCache(100);
                NativeFloats states = NativeFloats.allocate(16)) {
            cache.offer(batch(1).get(0), states, 16);
            cache.offer(batch(1).get(0), states, 16);
            cache.offer(batch(1).get(0), states, 4);

            assertThat(cache.size()).isEqualTo(2);
        }
    }

    @Test
    void shouldGiveThePlainHeadTheFirstTokensState() throws IOException {
        // given
        AdapterShape adapter = adapter("QUERY+VALUE");
        TinyModel model = model(2).withoutPooler();
        List<TokenIds> batch = batch(5);
        int[] labels = labels(5);
        try (Engine engine = new Engine(model.write(directory), adapter, 1)) {
            engine.load(randomValues(adapter, model.config()));

            // when
            double loss = engine.gradient(
                    batch, labels, Optional.empty(), Set.of(), new float[size(adapter, model.config())]);

            // then
            TwinEncoder twin = new TwinEncoder(model, adapter, engine.parameters());
            assertThat(loss).isCloseTo(twin.gradient(batch, labels), within(1e-5));
        }
    }

    @Test
    void shouldCountRobertasPositionsFromItsPadding() {
        BertConfig roberta = model(EncoderFamily.ROBERTA, 1).config();

        assertThat(new TokenIds(new int[] {0, 7, 1, 9}, new int[4]).positions(roberta))
                .containsExactly(2, 3, 1, 4);
        assertThat(roberta.longestInput()).isEqualTo(14);
    }

    @Test
    void shouldTrainTheSameBytesOnAnyNumberOfThreads() throws IOException {
        // given
        AdapterShape adapter = adapter("QUERY+VALUE");
        TinyModel model = model(3);
        model.write(directory);
        List<Tensor> start = randomValues(adapter, model.config());
        List<TokenIds> batch = batch(17);
        int[] labels = labels(17);

        // when
        List<List<Tensor>> ends = new ArrayList<>();
        for (int threads : new int[] {1, 2, 5}) {
            try (Engine engine = new Engine(open(), adapter, threads)) {
                engine.load(start);
                Optimizer optimizer = Optimizer.adamW(engine.size(), 0.01, 1);
                for (int step = 0; step < 5; step++) {
                    engine.step(batch, labels, Optional.empty(), Set.of(), optimizer, RATE);
                }
                ends.add(engine.parameters());
            }
        }

        // then
        assertThat(ends.get(1)).isEqualTo(ends.get(0)).isNotEqualTo(start);
        assertThat(ends.get(2)).isEqualTo(ends.get(0));
    }

    @Test
    void shouldChangeAllButTheFrozenParameters() throws IOException {
        // given
        AdapterShape adapter = adapter("QUERY+VALUE");
        TinyModel model = model(2);
        List<Tensor> start = randomValues(adapter, model.config());
        Set<String> frozen =
                Set.of(start.get(0).name(), start.get(start.size() - 1).name());
        try (Engine engine = new Engine(model.write(directory), adapter, 1)) {
            engine.load(start);

            // when
            engine.step(batch(4), labels(4), Optional.empty(), frozen, Optimizer.sgd(0, 0), RATE);

            // then
            List<Tensor> end = engine.parameters();
            for (int i = 0; i < start.size(); i++) {
                if (frozen.contains(start.get(i).name())) {
                    assertThat(end.get(i)).isEqualTo(start.get(i));
                } else {
                    assertThat(end.get(i)).isNotEqualTo(start.get(i));
                }
            }
        }
    }

    @Test
    void shouldComputeTheSameFeaturesInAnyCompany() throws IOException {
        // given
        AdapterShape adapter = adapter("QUERY+VALUE");
        TinyModel model = model(2);
        List<TokenIds> examples = batch(9);
        try (Engine engine = new Engine(model.write(directory), adapter, 2)) {
            engine.load(randomValues(adapter, model.config()));

            // when
            float[][] together = engine.features(examples);

            // then
            for (int i = 0; i < together.length; i++) {
                float[] alone = engine.features(List.of(examples.get(i)))[0];
                assertThat(together[i]).usingComparatorWithPrecision(1e-5f).containsExactly(alone);
            }
        }
    }

    @Test
    void shouldRefuseTensorsThatAreNoParametersAndKeepAll() throws IOException {
        // given
        AdapterShape adapter = adapter("VALUE");
        TinyModel model = model(1);
        try (Engine engine = new Engine(model.write(directory), adapter, 1)) {
            List<Tensor> before = engine.parameters();
            Tensor good = randomValues(adapter, model.config()).get(0);
            Tensor unknown = new Tensor("base_model.model.pooler", new int[] {1}, new float[1]);
            Tensor misshapen = new Tensor(good.name(), new int[] {good.size()}, good.values());

            // then
            assertThatThrownBy(() -> engine.load(List.of(good, unknown))).hasMessageContaining("pooler");
            assertThatThrownBy(() -> engine.load(List.of(misshapen))).hasMessageContaining(good.name());
            assertThat(engine.parameters()).isEqualTo(before);
        }
    }

    private ModelDirectory open() {
        return ModelDirectory.open(directory);
    }

    private static Optional<Dropout> dropout(double probability, long key) {
        return probability == 0 ? Optional.empty() : Optional.of(new Dropout(probability, key));
    }

    private static AdapterShape adapter(String modules) {
        return adapter(AdapterKind.LORA, modules, "");
    }

    private static AdapterShape adapter(AdapterKind kind, String modules, String layers) {
        float scaling = kind == AdapterKind.VERA ? 1 : 1.5f;
        return new AdapterShape(
                kind,
                2,
                scaling,
                parts(modules).map(TargetModule::valueOf).toList(),
                parts(layers).map(Integer::valueOf).toList(),
                LABELS);
    }

    private static Stream<String> parts(String text) {
        return text == null || text.isEmpty()
                ? Stream.empty()
                : Pattern.compile("\\+").splitAsStream(text);
    }

    private static TinyModel model(int layers) {
        return model(EncoderFamily.BERT, layers);
    }

    private static TinyModel model(EncoderFamily family, int layers) {
        return new TinyModel(new BertConfig(family, layers, 12, 3, 20, 50, 16, 2, 1e-12f, 1), 3);
    }

    private static int size(AdapterShape adapter, BertConfig config) {
        return adapter.layout(config).stream().mapToInt(TensorShape::size).sum();
    }

    private List<Tensor> randomValues(AdapterShape adapter, BertConfig config) {
        return adapter.layout(config).stream()
                .map(shape -> {
                    float[] values = new float[shape.size()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) (0.3 * random.nextGaussian());
                    }
                    return new Tensor(shape.name(), shape.shape(), values);
                })
                .toList();
    }

    /** Examples of 1 to 13 tokens, none of them padding. */
    private List<TokenIds> batch(int size) {
        List<TokenIds> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int length = 1 + random.nextInt(13);
            batch.add(new TokenIds(
                    random.ints(length, 2, 50).toArray(),
                    random.ints(length, 0, 2).toArray()));
        }
        return batch;
    }

    private int[] labels(int size) {
        return random.ints(size, 0, LABELS).toArray();
    }
}
