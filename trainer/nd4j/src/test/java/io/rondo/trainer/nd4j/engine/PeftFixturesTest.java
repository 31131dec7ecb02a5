package io.rondo.trainer.nd4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.VeraProjections;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.nd4j.Nd4jTrainerFactory;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import io.rondo.trainer.nd4j.text.TextTokenizer;
import io.rondo.trainer.safetensors.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Directories that {@code save_pretrained} wrote, and what PyTorch, transformers and PEFT computed with them; {@code
 * src/test/python} says how they were made.
 */
class PeftFixturesTest {
    private static final Path FIXTURES = Path.of("src", "test", "resources", "peft");
    private static final int RANK = 4;
    private static final int VERA_RANK = 6;
    private static final int ALPHA = 8;
    private static final double PRECISION = 1e-4;

    private final Nd4jTrainerFactory factory = new Nd4jTrainerFactory();

    @BeforeAll
    static void stayOffline() {
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("DJL_OFFLINE", "true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta"})
    void shouldTokenizeAsTransformersDoes(String family) throws IOException {
        JsonNode expected = expected(family);
        List<TokenIds> tokens = tokens(family);

        assertThat(tokens).hasSize(expected.path("tokens").size());
        for (int i = 0; i < tokens.size(); i++) {
            JsonNode ids = expected.path("tokens").path(i);
            assertThat(tokens.get(i).ids()).containsExactly(integers(ids.path("input_ids")));
            if (ids.has("token_type_ids")) {
                assertThat(tokens.get(i).types()).containsExactly(integers(ids.path("token_type_ids")));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta"})
    void shouldGiveADirectorysOwnLogits(String family) throws IOException {
        try (Engine engine = engine(family, AdapterKind.LORA)) {
            // given
            engine.load(factory.initialValues(settings(family, AdapterKind.LORA), 1));

            // then
            assertLogits(engine, tokens(family), expected(family).path("logits"));
        }
    }

    @ParameterizedTest
    @CsvSource({"bert, LORA", "bert, RSLORA", "bert, VERA", "roberta, LORA", "roberta, RSLORA", "roberta, VERA"})
    void shouldComputeLogitsAndGradientsOfPeft(String family, AdapterKind kind) throws IOException {
        try (Engine engine = engine(family, kind)) {
            // given
            JsonNode expected = expected(family).path("adapters").path(kind.id());
            List<TokenIds> tokens = tokens(family);
            load(engine, family, kind);

            // when
            float[] gradient = new float
                    [engine.parameters().stream().mapToInt(Tensor::size).sum()];
            double loss = engine.gradient(tokens, targets(family), Optional.empty(), Set.of(), gradient);

            // then
            assertLogits(engine, tokens, expected.path("logits"));
            assertThat(loss).isCloseTo(expected.path("loss").asDouble(), within(PRECISION));
            int start = 0;
            for (Tensor parameter : engine.parameters()) {
                assertClose(read(family, kind, "gradients", parameter), gradient, start, parameter.name());
                start += parameter.size();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bert, LORA, sgd",
        "bert, LORA, adamw",
        "bert, RSLORA, sgd",
        "bert, RSLORA, adamw",
        "bert, VERA, sgd",
        "bert, VERA, adamw",
        "roberta, LORA, sgd",
        "roberta, LORA, adamw",
        "roberta, RSLORA, sgd",
        "roberta, RSLORA, adamw",
        "roberta, VERA, sgd",
        "roberta, VERA, adamw"
    })
    void shouldDescendAsPytorchDoes(String family, AdapterKind kind, String name) throws IOException {
        try (Engine engine = engine(family, kind)) {
            // given
            JsonNode expected =
                    expected(family).path("adapters").path(kind.id()).path(name);
            List<TokenIds> tokens = tokens(family);
            load(engine, family, kind);

            // when
            boolean sgd = name.equals("sgd");
            Optimizer optimizer = sgd ? Optimizer.sgd(0, 0) : Optimizer.adamW(engine.size(), 0.01, 0);
            List<Double> losses = new ArrayList<>();
            for (int step = 0; step < expected.path("losses").size(); step++) {
                losses.add(
                        engine.step(tokens, targets(family), Optional.empty(), Set.of(), optimizer, sgd ? 0.05 : 0.01));
            }

            // then
            for (int step = 0; step < losses.size(); step++) {
                assertThat(losses.get(step))
                        .isCloseTo(expected.path("losses").path(step).asDouble(), within(PRECISION));
            }
            assertLogits(engine, tokens, expected.path("logits"));
            for (Tensor parameter : engine.parameters()) {
                assertClose(read(family, kind, name, parameter), parameter.values(), 0, parameter.name());
            }
        }
    }

    /** After {@code rondo export} and {@code check_export.py}; {@code src/test/python/README.md} has the commands. */
    @Test
    @EnabledIfSystemProperty(named = "rondo.peft.export", matches = ".+")
    void shouldGiveTheLogitsThatPeftGaveForAnExportedAdapter() throws IOException {
        // given
        Path export = Path.of(System.getProperty("rondo.peft.export"));
        JsonNode config = json(export.resolve("adapter_config.json"));
        JsonNode checked = json(export.resolve("logits.json"));
        Path base = Path.of(config.path("base_model_name_or_path").asText());
        boolean vera = config.path("peft_type").asText().equals("VERA");
        AdapterKind plain = config.path("use_rslora").asBoolean() ? AdapterKind.RSLORA : AdapterKind.LORA;
        AdapterKind kind = vera ? AdapterKind.VERA : plain;
        int rank = config.path("r").asInt();
        AdapterShape adapter = new AdapterShape(
                kind,
                rank,
                (float) kind.scaling(config.path("lora_alpha").asDouble(), rank),
                List.of(TargetModule.QUERY, TargetModule.VALUE),
                layers(config),
                checked.path("logits").path(0).size());
        try (ModelDirectory model = ModelDirectory.open(base);
                TextTokenizer tokenizer = TextTokenizer.open(model, 64);
                Engine engine = new Engine(model, adapter, 2)) {
            Path weights = export.resolve("adapter_model.safetensors");
            int hidden = model.config().hidden();
            if (vera) {
                engine.loadProjections(
                        read(weights, VeraProjections.A, rank, hidden), read(weights, VeraProjections.B, hidden, rank));
            }
            engine.load(engine.parameters().stream()
                    .map(tensor -> new Tensor(tensor.name(), tensor.shape(), read(weights, tensor)))
                    .toList());

            // then
            assertLogits(engine, tokens(tokenizer, checked.path("examples"), "text_pair"), checked.path("logits"));
        }
    }

    private static void assertLogits(Engine engine, List<TokenIds> tokens, JsonNode expected) {
        float[][] features = engine.features(tokens);
        Head head = engine.head();
        for (int i = 0; i < features.length; i++) {
            double[] logits = head.logits(features[i]);
            assertThat(logits).hasSize(expected.path(i).size());
            for (int label = 0; label < logits.length; label++) {
                assertThat(logits[label]).isCloseTo(expected.path(i).path(label).asDouble(), within(PRECISION));
            }
        }
    }

    /** Within the precision of the largest value, which is not small. */
    private static void assertClose(float[] expected, float[] actual, int start, String name) {
        float largest = 0;
        float error = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            error = Math.max(error, Math.abs(expected[i] - actual[start + i]));
        }
        assertThat(largest).as(name).isGreaterThan(1e-5f);
        assertThat(error / largest).as(name).isLessThan((float) PRECISION);
    }

    private static void load(Engine engine, String family, AdapterKind kind) {
        if (kind == AdapterKind.VERA) {
            engine.loadProjections(
                    projection(family, VeraProjections.A, VERA_RANK, 32),
                    projection(family, VeraProjections.B, 32, VERA_RANK));
        }
        engine.load(engine.parameters().stream()
                .map(tensor -> new Tensor(tensor.name(), tensor.shape(), read(family, kind, "adapter_model", tensor)))
                .toList());
    }

    private static Tensor projection(String family, String name, int... shape) {
        Tensor expected = new Tensor(name, shape, new float[shape[0] * shape[1]]);
        return new Tensor(name, shape, read(family, AdapterKind.VERA, "adapter_model", expected));
    }

    private static float[] read(String family, AdapterKind kind, String file, Tensor tensor) {
        return read(FIXTURES.resolve(family).resolve(kind.id()).resolve(file + ".safetensors"), tensor);
    }

    private static List<Integer> layers(JsonNode config) {
        return IntStream.of(integers(config.path("layers_to_transform")))
                .boxed()
                .toList();
    }

    private static Tensor read(Path file, String name, int... shape) {
        try (SafeTensors tensors = SafeTensors.open(file)) {
            return new Tensor(name, shape, tensors.array(name, shape));
        }
    }

    private static float[] read(Path file, Tensor tensor) {
        try (SafeTensors tensors = SafeTensors.open(file)) {
            return tensors.array(tensor.name(), tensor.shape());
        }
    }

    private static ModelSettings settings(String family, AdapterKind kind) {
        return new ModelSettings(
                FIXTURES.resolve(family).toString(),
                Path.of("target", "model-cache"),
                kind,
                rank(kind),
                ALPHA,
                List.of("query", "value"),
                3);
    }

    private static int rank(AdapterKind kind) {
        return kind == AdapterKind.VERA ? VERA_RANK : RANK;
    }

    private static Engine engine(String family, AdapterKind kind) {
        float scaling = (float) kind.scaling(ALPHA, RANK);
        AdapterShape adapter = new AdapterShape(
                kind, rank(kind), scaling, List.of(TargetModule.QUERY, TargetModule.VALUE), List.of(), 3);
        try (ModelDirectory model = ModelDirectory.open(FIXTURES.resolve(family))) {
            return new Engine(model, adapter, 2);
        }
    }

    private static List<TokenIds> tokens(String family) throws IOException {
        JsonNode expected = expected(family);
        try (ModelDirectory model = ModelDirectory.open(FIXTURES.resolve(family));
                TextTokenizer tokenizer =
                        TextTokenizer.open(model, expected.path("longest").asInt())) {
            return tokens(tokenizer, expected.path("examples"), "pair");
        }
    }

    private static List<TokenIds> tokens(TextTokenizer tokenizer, JsonNode examples, String pair) {
        return StreamSupport.stream(examples.spliterator(), false)
                .map(example -> new Example(
                        example.path("text").asText(),
                        Optional.ofNullable(example.path(pair).textValue()),
                        ""))
                .map(tokenizer::encode)
                .toList();
    }

    private static int[] targets(String family) throws IOException {
        return integers(expected(family).path("targets"));
    }

    private static int[] integers(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.path(i).asInt()).toArray();
    }

    private static JsonNode expected(String family) throws IOException {
        return json(FIXTURES.resolve(family).resolve("expected.json"));
    }

    private static JsonNode json(Path file) throws IOException {
        return JsonMapper.builder().build().readTree(file.toFile());
    }
}
