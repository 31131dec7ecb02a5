package io.rondo.trainer.nd4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EngineTest {
    private static final int LABELS = 3;
    private static final float RATE = 0.1f;

    private final Random random = new Random(7);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "BERT, 3, QUERY+VALUE",
        "BERT, 2, QUERY",
        "BERT, 2, VALUE",
        "BERT, 1, QUERY+VALUE",
        "ROBERTA, 2, QUERY+VALUE"
    })
    void shouldAgreeWithItsTwinOnRaggedBatches(EncoderFamily family, int layers, String modules) throws IOException {
        // given
        AdapterShape adapter = adapter(modules);
        TinyModel model = model(family, layers);
        List<TokenIds> batch = batch(11);
        int[] labels = labels(11);
        try (Engine engine = new Engine(model.write(directory), adapter, 2)) {
            engine.load(randomValues(adapter, model.config()));
            TwinEncoder twin = new TwinEncoder(model, adapter, engine.parameters());
            float[] gradient = new float[size(adapter, model.config())];

            // when
            double loss = engine.gradient(batch, labels, gradient);

            // then
            assertThat(loss).isCloseTo(twin.gradient(batch, labels), within(1e-5));
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
    }

    @ParameterizedTest
    @EnumSource(EncoderFamily.class)
    void shouldHaveATwinThatAgreesWithFiniteDifferences(EncoderFamily family) {
        // given
        AdapterShape adapter = adapter("QUERY+VALUE");
        TinyModel model = model(family, 2);
        List<TokenIds> batch = batch(3);
        int[] labels = labels(3);
        TwinEncoder twin = new TwinEncoder(model, adapter, randomValues(adapter, model.config()));

        // when
        twin.gradient(batch, labels);

        // then
        double step = 1e-5;
        for (var parameter : twin.parameters.entrySet()) {
            Matrix matrix = parameter.getValue();
            for (int probe = 0; probe < 3; probe++) {
                int index = random.nextInt(matrix.values.length);
                double expected = matrix.gradient[index];
                double value = matrix.values[index];
                matrix.values[index] = value + step;
                double above = twin.gradient(batch, labels);
                matrix.values[index] = value - step;
                double below = twin.gradient(batch, labels);
                matrix.values[index] = value;
                twin.parameters.values().forEach(other -> Arrays.fill(other.gradient, 0));
                twin.gradient(batch, labels);
                assertThat((above - below) / (2 * step))
                        .as(parameter.getKey())
                        .isCloseTo(expected, within(1e-8 + 1e-5 * Math.abs(expected)));
            }
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
            double loss = engine.gradient(batch, labels, new float[size(adapter, model.config())]);

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
                for (int step = 0; step < 5; step++) {
                    engine.step(batch, labels, RATE, Set.of());
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
            engine.step(batch(4), labels(4), RATE, frozen);

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

    private static AdapterShape adapter(String modules) {
        List<Projection> projections =
                Arrays.stream(modules.split("\\+")).map(Projection::valueOf).toList();
        return new AdapterShape(2, 1.5f, projections, LABELS);
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
