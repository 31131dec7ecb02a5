package io.rondo.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeftDirectoryTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TensorShape A = new TensorShape("base_model.model.q.lora_A.weight", TensorRole.LORA_A, 2, 3);
    private static final TensorShape B = new TensorShape("base_model.model.q.lora_B.weight", TensorRole.LORA_B, 3, 2);
    private static final TensorShape HEAD = new TensorShape("base_model.model.classifier.bias", TensorRole.HEAD, 2);
    private static final List<TensorShape> LAYOUT = List.of(A, B, HEAD);
    private static final String QUERY = "encoder.layer.0.attention.self.query";
    private static final long SEED = 3;
    private static final List<Tensor> TENSORS = List.of(
            new Tensor(A.name(), A.shape(), new float[] {1, 2, 3, 4, 5, 6}),
            new Tensor(B.name(), B.shape(), new float[] {-1, 0, 0.5f, 0, 0, 7}));

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(AdapterKind.class)
    void shouldReadBackWhatItWrote(AdapterKind kind) throws IOException {
        PeftConfig config = config(kind);

        PeftDirectory.write(directory, config, TENSORS);

        PeftDirectory read = PeftDirectory.open(directory);
        assertThat(read.config()).isEqualTo(kind == AdapterKind.VERA ? withoutAlpha(config) : config);
    }

    @Test
    void shouldReadTheHeadWhereItIsTheLayouts() throws IOException {
        List<Tensor> withHead = new ArrayList<>(TENSORS);
        withHead.add(new Tensor(HEAD.name(), HEAD.shape(), new float[] {8, 9}));
        PeftDirectory.write(directory, config(AdapterKind.LORA), withHead);
        PeftDirectory adapter = PeftDirectory.open(directory);

        assertThat(adapter.read(LAYOUT, SEED)).isEqualTo(withHead);
        assertThat(adapter.headNote(LAYOUT)).isEmpty();
        TensorShape larger = new TensorShape(HEAD.name(), TensorRole.HEAD, 3);
        assertThat(adapter.read(List.of(A, B, larger), SEED)).isEqualTo(TENSORS);
        assertThat(adapter.headNote(List.of(A, B, larger)))
                .hasValueSatisfying(note -> assertThat(note).contains("has 2 outputs, and the job 3 labels"));
    }

    @Test
    void shouldRefuseAHeadOfAnotherTask() throws IOException {
        List<Tensor> withHead = new ArrayList<>(TENSORS);
        withHead.add(new Tensor(HEAD.name(), HEAD.shape(), new float[] {8, 9}));
        PeftDirectory.write(directory, config(AdapterKind.LORA), withHead);
        PeftDirectory adapter = PeftDirectory.open(directory);

        adapter.requireHeadOf("SEQ_CLS", LAYOUT);
        assertRefused("'task_type' is \"SEQ_CLS\"", () -> adapter.requireHeadOf("TOKEN_CLS", LAYOUT));
        adapter.requireHeadOf("TOKEN_CLS", List.of(A, B));
        edit("task_type", "null");
        PeftDirectory.open(directory).requireHeadOf("TOKEN_CLS", LAYOUT);
    }

    @Test
    void shouldTakeAVeraOfTheJobsProjectionsAlone() throws IOException {
        // given
        TensorShape d = new TensorShape("q.vera_lambda_d", TensorRole.VERA_LAMBDA_D, 2);
        TensorShape b = new TensorShape("q.vera_lambda_b", TensorRole.VERA_LAMBDA_B, 3);
        List<TensorShape> layout = List.of(d, b);
        List<Tensor> lambdas = List.of(
                new Tensor(d.name(), d.shape(), new float[] {1, 2}),
                new Tensor(b.name(), b.shape(), new float[] {3, 4, 5}));
        List<Tensor> all = new ArrayList<>(lambdas);
        all.addAll(PeftDirectory.projections(2, layout, SEED));

        // when
        PeftDirectory.write(directory, config(AdapterKind.VERA), all);

        // then
        PeftDirectory adapter = PeftDirectory.open(directory);
        assertThat(adapter.read(layout, SEED)).isEqualTo(lambdas);
        assertRefused("base_model.vera_A", () -> adapter.read(layout, SEED + 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base_model.model.pooler.dense.weight",
                "base_model.model.classifier.modules_to_save.default.bias",
                "base_model.model.q.lora_A.default.weight"
            })
    void shouldRefuseATensorWithoutAPlace(String name) throws IOException {
        List<Tensor> more = new ArrayList<>(TENSORS);
        more.add(new Tensor(name, new int[] {2}, new float[] {8, 9}));
        PeftDirectory.write(directory, config(AdapterKind.LORA), more);

        assertRefused(name, () -> PeftDirectory.open(directory).read(LAYOUT, SEED));
    }

    @Test
    void shouldReadAnAdapterOfAnEncoderWithoutItsName() throws IOException {
        // given
        TensorShape a = new TensorShape("base_model.model.bert." + QUERY + ".lora_A.weight", TensorRole.LORA_A, 2, 3);
        TensorShape b = new TensorShape("base_model.model.bert." + QUERY + ".lora_B.weight", TensorRole.LORA_B, 3, 2);
        List<Tensor> headless = List.of(
                new Tensor(
                        "base_model.model." + QUERY + ".lora_A.weight",
                        a.shape(),
                        TENSORS.get(0).values()),
                new Tensor(
                        "base_model.model." + QUERY + ".lora_B.weight",
                        b.shape(),
                        TENSORS.get(1).values()));

        // when
        PeftDirectory.write(directory, config(AdapterKind.LORA), headless);

        // then
        assertThat(PeftDirectory.open(directory).read(List.of(a, b, HEAD), SEED))
                .containsExactly(
                        new Tensor(a.name(), a.shape(), TENSORS.get(0).values()),
                        new Tensor(b.name(), b.shape(), TENSORS.get(1).values()));
    }

    @Test
    void shouldTakeTheModulesThatAPatternMatchedFromTheTensors() throws IOException {
        writeFactors(0, 2);
        edit("target_modules", "\".*(query|value)\"");
        edit("layers_to_transform", "null");

        PeftConfig config = PeftDirectory.open(directory).config();

        assertThat(config.targetModules()).containsExactly("attention.self.query", "attention.self.value");
        assertThat(config.layers()).containsExactly(0, 2);
    }

    @Test
    void shouldTakeAnExclusionOfModulesWithoutTensors() throws IOException {
        writeFactors(0);
        edit("exclude_modules", "[\"pooler.dense\"]");
        assertThat(PeftDirectory.open(directory).config().rank()).isEqualTo(2);
        edit("exclude_modules", "[\"self.query\"]");
        assertRefused("exclude_modules", () -> PeftDirectory.open(directory));
    }

    private void writeFactors(int... layers) throws IOException {
        List<Tensor> tensors = new ArrayList<>();
        for (int layer : layers) {
            for (String module : List.of("query", "value")) {
                String name = "base_model.model.bert.encoder.layer." + layer + ".attention.self." + module;
                tensors.add(new Tensor(
                        name + ".lora_A.weight", A.shape(), TENSORS.get(0).values()));
                tensors.add(new Tensor(
                        name + ".lora_B.weight", B.shape(), TENSORS.get(1).values()));
            }
        }
        PeftDirectory.write(directory, config(AdapterKind.LORA), tensors);
    }

    @Test
    void shouldSayThatItReadsNoPickle() throws IOException {
        PeftDirectory.write(directory, config(AdapterKind.LORA), TENSORS);
        Files.move(directory.resolve(PeftDirectory.WEIGHTS), directory.resolve("adapter_model.bin"));

        assertRefused("adapter_model.bin", () -> PeftDirectory.open(directory).read(LAYOUT, SEED));
    }

    @ParameterizedTest
    @CsvSource({
        "loftq_config, '{\"loftq_bits\": 4}'",
        "init_lora_weights, '\"gaussian\"'",
        "init_lora_weights, false",
        "lora_dropout, 0.3",
        "layers_pattern, '\"layer\"'",
        "a_key_of_tomorrow, null",
        "a_key_of_tomorrow, '{}'",
    })
    void shouldTakeWhatChangesNothing(String key, String value) throws IOException {
        PeftDirectory.write(directory, config(AdapterKind.LORA), TENSORS);
        edit(key, value);

        assertThat(PeftDirectory.open(directory).read(LAYOUT, SEED)).isEqualTo(TENSORS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"r", "lora_alpha", "target_modules"})
    void shouldRefuseByItsKeyWhatIsMissing(String key) throws IOException {
        PeftDirectory.write(directory, config(AdapterKind.LORA), TENSORS);
        Path file = directory.resolve(PeftDirectory.CONFIG);
        ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
        json.remove(key);
        Files.writeString(file, json.toString());

        assertRefused("'" + key + "' is not there", () -> PeftDirectory.open(directory));
    }

    private void edit(String key, String value) throws IOException {
        Path file = directory.resolve(PeftDirectory.CONFIG);
        ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
        json.set(key, JSON.readTree(value));
        Files.writeString(file, json.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "peft_type, '\"IA3\"'",
        "use_dora, true",
        "bias, '\"all\"'",
        "rank_pattern, '{\"query\": 4}'",
        "r, '\"many\"'",
        "r, 0",
        "target_modules, '\"all-linear\"'",
        "layers_to_transform, '[\"one\"]'",
        "init_lora_weights, '\"pissa\"'",
        "init_lora_weights, '\"olora\"'",
        "init_lora_weights, '\"loftq\"'",
        "alora_invocation_tokens, '[5, 6]'",
        "layers_pattern, '\"blocks\"'",
        "layer_replication, '[[0, 2]]'",
        "trainable_token_indices, '[3]'",
        "lora_bias, true",
        "lora_alpha, '\"16\"'",
        "a_key_of_tomorrow, true",
    })
    void shouldRefuseByItsKeyWhatItDoesNotHave(String key, String value) throws IOException {
        PeftDirectory.write(directory, config(AdapterKind.LORA), TENSORS);
        edit(key, value);

        assertRefused(key.equals("r") && value.equals("0") ? "rank" : key, () -> PeftDirectory.open(directory));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no json", "[]", "{}"})
    void shouldRefuseABrokenConfiguration(String text) throws IOException {
        Files.writeString(directory.resolve(PeftDirectory.CONFIG), text);

        assertRefused(PeftDirectory.CONFIG, () -> PeftDirectory.open(directory));
    }

    @Test
    void shouldNameTheTensorThatIsMissingOrMisshapen() throws IOException {
        PeftDirectory.write(directory, config(AdapterKind.LORA), TENSORS.subList(0, 1));
        PeftDirectory adapter = PeftDirectory.open(directory);

        assertThat(adapter.read(List.of(A), SEED)).isEqualTo(TENSORS.subList(0, 1));
        assertRefused(B.name(), () -> adapter.read(LAYOUT, SEED));
        TensorShape wider = new TensorShape(A.name(), TensorRole.LORA_A, 2, 4);
        assertRefused(A.name(), () -> adapter.read(List.of(wider), SEED));
        Files.delete(directory.resolve(PeftDirectory.WEIGHTS));
        assertRefused(PeftDirectory.WEIGHTS, () -> adapter.read(LAYOUT, SEED));
        Files.delete(directory.resolve(PeftDirectory.CONFIG));
        assertRefused(PeftDirectory.CONFIG, () -> PeftDirectory.open(directory));
    }

    private static PeftConfig config(AdapterKind kind) {
        return new PeftConfig(
                kind, 2, 3.5, List.of("query", "value"), List.of(1, 2), true, Optional.of("SEQ_CLS"), "a/base");
    }

    private static PeftConfig withoutAlpha(PeftConfig config) {
        return new PeftConfig(
                config.kind(),
                config.rank(),
                1,
                config.targetModules(),
                config.layers(),
                config.hasHead(),
                config.taskType(),
                config.baseModel());
    }

    private static void assertRefused(String part, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RondoException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.ADAPTER_UNREADABLE);
            assertThat(refusal).hasMessageContaining(part);
        });
    }
}
