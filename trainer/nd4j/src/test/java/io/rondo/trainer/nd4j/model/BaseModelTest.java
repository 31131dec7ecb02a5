package io.rondo.trainer.nd4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseModelTest {
    private static final BertConfig CONFIG = new BertConfig(2, 4, 2, 6, 10, 8, 2, 1e-12f);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TOKENIZER = "{\"post_processor\": {\"cls\": [\"[CLS]\", 0], \"sep\": [\"[SEP]\", 1]}}";

    private final TinyModel model = new TinyModel(CONFIG, 5);

    @TempDir
    Path temporary;

    private Path cache;
    private Path directory;

    @BeforeEach
    void writeModel() throws IOException {
        cache = Files.createDirectory(temporary.resolve("cache"));
        directory = Files.createDirectory(temporary.resolve("a-model"));
        model.write(directory);
        Files.writeString(directory.resolve("tokenizer.json"), TOKENIZER);
    }

    @Test
    void shouldFindADirectoryByItsPathOrByItsNameInTheCache() throws IOException {
        assertThat(BaseModel.of(directory.toString(), cache).config()).isEqualTo(CONFIG);
        Files.move(directory, cache.resolve("mine"));
        assertThat(BaseModel.of("mine", cache).config()).isEqualTo(CONFIG);
        refuses("another", ErrorCode.MODEL_NOT_FOUND, "another");
        refuses("bad\0name", ErrorCode.MODEL_NOT_FOUND, "all-MiniLM-L6-v2");
    }

    @Test
    void shouldReadATensorFromTheFileThatTheIndexNames() throws IOException {
        // given
        FloatArrays whole = values(BaseModel.of(directory.toString(), cache));
        String digest = BaseModel.of(directory.toString(), cache).digest();

        // when
        shard(List.of("one.safetensors", "two.safetensors"));

        // then
        BaseModel sharded = BaseModel.of(directory.toString(), cache);
        assertThat(values(sharded)).isEqualTo(whole);
        assertThat(sharded.digest()).isEqualTo(digest);
    }

    @Test
    void shouldReadLayerNormsByTheirOlderNames() throws IOException {
        // given
        BaseModel base = BaseModel.of(directory.toString(), cache);
        FloatArrays values = values(base);
        String digest = base.digest();

        // when
        List<SafeTensorsWriter.Header> older = headers().stream()
                .map(tensor -> new SafeTensorsWriter.Header("bert." + olderName(tensor.name()), tensor.shape()))
                .toList();
        Map<String, String> names = new TreeMap<>();
        headers().forEach(tensor -> names.put("bert." + olderName(tensor.name()), tensor.name()));
        Files.delete(directory.resolve(WeightFiles.SINGLE));
        SafeTensorsWriter.write(directory.resolve(WeightFiles.SINGLE), older, name -> model.weight(names.get(name)));

        // then
        BaseModel renamed = BaseModel.of(directory.toString(), cache);
        assertThat(names.keySet()).contains("bert.encoder.layer.1.output.LayerNorm.beta");
        assertThat(values(renamed)).isEqualTo(values);
        assertThat(renamed.digest()).isEqualTo(digest);
    }

    private static String olderName(String name) {
        return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
    }

    @Test
    void shouldReadTheNamesOfAHeadsOutputs() throws IOException {
        assertThat(BaseModel.of(directory.toString(), cache).outputs()).isEmpty();
        edit("id2label", "{\"1\": \"no\", \"0\": \"yes\"}");
        assertThat(BaseModel.of(directory.toString(), cache).outputs()).containsExactly("yes", "no");
        edit("id2label", "{\"1\": \"no\", \"2\": \"yes\"}");
        assertThatThrownBy(() -> BaseModel.of(directory.toString(), cache).outputs())
                .isInstanceOfSatisfying(
                        RondoException.class, refusal -> assertThat(refusal).hasMessageContaining("id2label"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../two.safetensors", "/etc/two.safetensors", "a/two.safetensors", "two.bin", ".safetensors"})
    void shouldNotFollowAnIndexOutOfItsDirectory(String name) throws IOException {
        shard(List.of("one.safetensors", "two.safetensors"));
        ObjectNode index = JSON.createObjectNode();
        index.putObject("weight_map").put("embeddings.word_embeddings.weight", name);
        Files.writeString(directory.resolve(WeightFiles.INDEX), index.toString());

        refuses(directory.toString(), ErrorCode.MODEL_UNREADABLE, name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "{\"weight_map\":{}}", "{\"weight_map\":3}", "{\"weight_map\":{\"a\":null}}"})
    void shouldRefuseABrokenIndex(String index) throws IOException {
        Files.delete(directory.resolve(WeightFiles.SINGLE));
        Files.writeString(directory.resolve(WeightFiles.INDEX), index);

        refuses(directory.toString(), ErrorCode.MODEL_UNREADABLE, WeightFiles.INDEX);
    }

    @ParameterizedTest
    @CsvSource({"F16, 2e-3", "BF16, 2e-2"})
    void shouldConvertHalfPrecisionOnceIntoTheCache(String dtype, float precision) throws IOException {
        // given
        FloatArrays full = values(BaseModel.of(directory.toString(), cache));
        writeHalf(dtype);

        // when
        BaseModel half = BaseModel.of(directory.toString(), cache);
        FloatArrays converted = values(half);

        // then
        assertThat(converted.isWithin(precision, full)).isTrue();
        assertThat(converted).isNotEqualTo(full);
        assertThat(values(half)).isEqualTo(converted);
        try (var files = Files.list(cache)) {
            assertThat(files.filter(Files::isDirectory)).singleElement().satisfies(path -> {
                assertThat(path.getFileName().toString()).startsWith("a-model-f32-");
                assertThat(BaseModel.of(path.toString(), cache).digest()).isEqualTo(half.digest());
            });
        }
    }

    @Test
    void shouldTellWeightsTokenizersAndConfigurationsApart() throws IOException {
        String digest = BaseModel.of(directory.toString(), cache).digest();
        Files.writeString(directory.resolve("tokenizer.json"), TOKENIZER + " ");
        String otherTokenizer = BaseModel.of(directory.toString(), cache).digest();
        Files.delete(directory.resolve(WeightFiles.SINGLE));
        new TinyModel(CONFIG, 6).write(directory);
        String otherWeights = BaseModel.of(directory.toString(), cache).digest();
        edit("layer_norm_eps", "1e-5");
        String otherEpsilon = BaseModel.of(directory.toString(), cache).digest();

        assertThat(List.of(digest, otherTokenizer, otherWeights, otherEpsilon))
                .doesNotHaveDuplicates()
                .allMatch(hex -> hex.length() == 64);
        assertThat(BaseModel.of("all-MiniLM-L6-v2", cache).digest()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "model_type, '\"gpt2\"'",
        "hidden_act, '\"gelu_new\"'",
        "position_embedding_type, '\"relative_key\"'",
        "is_decoder, true",
        "add_cross_attention, true",
        "quantization_config, '{\"bits\":4}'",
        "auto_map, '{\"AutoModel\": \"code.Model\"}'",
        "problem_type, '\"regression\"'",
        "hidden_act, 7",
        "hidden_act, null",
        "pruned_heads, '{\"0\": [1]}'",
        "adapters, '{\"adapters\": {\"imdb\": \"x\"}}'",
        "a_key_of_tomorrow, 0.5",
    })
    void shouldRefuseByNameWhatItCannotCompute(String key, String value) throws IOException {
        edit(key, value);

        refuses(directory.toString(), ErrorCode.MODEL_UNSUPPORTED, key);
    }

    @ParameterizedTest
    @CsvSource({
        "problem_type, null",
        "classifier_dropout, 0.1",
        "directionality, '\"bidi\"'",
        "max_length, 20",
        "a_key_of_tomorrow, null",
        "a_key_of_tomorrow, false",
        "a_key_of_tomorrow, '{}'",
    })
    void shouldTakeWhatChangesNoOutput(String key, String value) throws IOException {
        int longest = BaseModel.of(directory.toString(), cache).config().longestInput();
        edit(key, value);

        assertThat(BaseModel.of(directory.toString(), cache).config().longestInput())
                .isEqualTo(longest);
    }

    @Test
    void shouldNameWhatIsMissingOrMisshapen() throws IOException {
        edit("intermediate_size", "7");
        refuses(directory.toString(), ErrorCode.MODEL_UNREADABLE, "encoder.layer.0.intermediate.dense.weight");
        edit("intermediate_size", "6");
        edit("num_hidden_layers", "3");
        refuses(directory.toString(), ErrorCode.MODEL_UNREADABLE, "encoder.layer.2.attention.self.query.weight");
        edit("num_hidden_layers", "2");
        Files.delete(directory.resolve("tokenizer.json"));
        refuses(directory.toString(), ErrorCode.MODEL_UNREADABLE, "tokenizer.json");
        Files.delete(directory.resolve(WeightFiles.SINGLE));
        refuses(directory.toString(), ErrorCode.MODEL_UNREADABLE, WeightFiles.SINGLE);
        Files.delete(directory.resolve("config.json"));
        refuses(directory.toString(), ErrorCode.MODEL_UNREADABLE, "config.json");
    }

    private void refuses(String name, ErrorCode code, String part) {
        assertThatThrownBy(() -> BaseModel.of(name, cache)).isInstanceOfSatisfying(RondoException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal.getMessage() + refusal.nextStep()).contains(part);
        });
    }

    private void edit(String key, String json) throws IOException {
        Path file = directory.resolve("config.json");
        ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
        config.set(key, JSON.readTree(json));
        Files.writeString(file, config.toString());
    }

    /** Spreads the tensors over files, and replaces the one file by an index. */
    private void shard(List<String> files) throws IOException {
        List<SafeTensorsWriter.Header> headers = headers();
        ObjectNode index = JSON.createObjectNode();
        ObjectNode map = index.putObject("weight_map");
        for (int i = 0; i < files.size(); i++) {
            List<SafeTensorsWriter.Header> part = new ArrayList<>();
            for (int k = i; k < headers.size(); k += files.size()) {
                part.add(headers.get(k));
                map.put(headers.get(k).name(), files.get(i));
            }
            SafeTensorsWriter.write(directory.resolve(files.get(i)), part, model::weight);
        }
        Files.writeString(directory.resolve(WeightFiles.INDEX), index.toString());
        Files.delete(directory.resolve(WeightFiles.SINGLE));
    }

    private static List<SafeTensorsWriter.Header> headers() {
        List<SafeTensorsWriter.Header> headers = new ArrayList<>(BertTensors.headers(CONFIG));
        headers.addAll(BertTensors.poolerHeaders(CONFIG));
        return headers;
    }

    /** The same weights with ten bits of fraction, or with seven, cut off. */
    private void writeHalf(String dtype) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        int position = 0;
        for (SafeTensorsWriter.Header tensor : headers()) {
            int bytes = 2 * (int) tensor.elements();
            ObjectNode node = header.putObject("bert." + tensor.name()).put("dtype", dtype);
            tensor.shape().forEach(node.withArray("shape")::add);
            node.putArray("data_offsets").add(position).add(position + bytes);
            position += bytes;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + position).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json);
        for (SafeTensorsWriter.Header tensor : headers()) {
            for (float value : model.weight(tensor.name())) {
                file.putShort(dtype.equals("F16") ? half(value) : (short) (Float.floatToRawIntBits(value) >>> 16));
            }
        }
        Files.write(directory.resolve(WeightFiles.SINGLE), file.array());
    }

    private static short half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int exponent = ((bits >>> 23) & 0xff) - 112;
        int magnitude = exponent <= 0 ? 0 : (exponent << 10) | ((bits >>> 13) & 0x3ff);
        return (short) (((bits >>> 16) & 0x8000) | magnitude);
    }

    private static FloatArrays values(BaseModel base) {
        Map<String, float[]> values = new TreeMap<>();
        try (ModelDirectory opened = base.open()) {
            for (SafeTensorsWriter.Header tensor : opened.headers()) {
                float[] array = new float[(int) tensor.elements()];
                opened.read(tensor.name(), 0, array, array.length);
                values.put(tensor.name(), array);
            }
            assertThat(opened.words().get(3)).isEqualTo(values.get("embeddings.word_embeddings.weight")[3]);
        }
        return new FloatArrays(values);
    }

    /** Arrays by name, compared by their values. */
    private static final class FloatArrays {
        private final Map<String, float[]> values;

        FloatArrays(Map<String, float[]> values) {
            this.values = values;
        }

        boolean isWithin(float precision, FloatArrays other) {
            return values.keySet().equals(other.values.keySet())
                    && values.entrySet().stream().allMatch(entry -> {
                        float[] theirs = other.values.get(entry.getKey());
                        for (int i = 0; i < theirs.length; i++) {
                            if (!(Math.abs(theirs[i] - entry.getValue()[i]) <= precision)) {
                                return false;
                            }
                        }
                        return true;
                    });
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof FloatArrays that && isWithin(0, that);
        }

        @Override
        public int hashCode() {
            return values.keySet().hashCode();
        }
    }
}
