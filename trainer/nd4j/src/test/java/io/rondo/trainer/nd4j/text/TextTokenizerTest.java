package io.rondo.trainer.nd4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.nd4j.LibraryProperties;
import io.rondo.trainer.nd4j.ModelCache;
import io.rondo.trainer.nd4j.model.BaseModel;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import io.rondo.trainer.nd4j.model.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What settings beside {@code tokenizer.json} do. The numbers of the tokens are those that transformers 5.24 makes. */
class TextTokenizerTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> VOCABULARY = List.of(
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "The", "film", "##s", "naive", "naïve", "中", "文", "中文",
            "@USER", "@", "user", "USER", "[", "mask", "]");
    private static final Path ROBERTA = Path.of("src/test/resources/peft/roberta");

    @TempDir
    Path directory;

    @BeforeAll
    static void prepare() {
        LibraryProperties.prepare(ModelCache.DIRECTORY);
    }

    @BeforeEach
    void writeModel() throws IOException {
        new TinyModel(new BertConfig(1, 4, 2, 6, VOCABULARY.size(), 32, 2, 1e-12f), 5)
                .write(directory)
                .close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        false | {"tokenizer_class": "BertTokenizer", "do_lower_case": true} | The films naïve 中文 | 2, 5, 7, 8, 9, 11, 12, 3
        true | {"tokenizer_class": "BertTokenizerFast", "do_lower_case": false} | The films naïve 中文 | 2, 6, 7, 8, 10, 11, 12, 3
        true | {"do_lower_case": true, "strip_accents": false} | The films naïve 中文 | 2, 5, 7, 8, 10, 11, 12, 3
        true | {"do_lower_case": true, "tokenize_chinese_chars": false} | The films naïve 中文 | 2, 5, 7, 8, 9, 13, 3
        true | {"tokenizer_class": "PreTrainedTokenizerFast", "do_lower_case": false} | The films naïve 中文 | 2, 5, 7, 8, 9, 11, 12, 3
        true | {"do_lower_case": true} | the @USER film | 2, 5, 15, 16, 7, 3
        true | {"additional_special_tokens": ["@USER"]} | the @USER film | 2, 5, 14, 7, 3
        true | {"added_tokens_decoder": {"14": {"content": "@USER", "normalized": false, "special": true}}} | the @USER film | 2, 5, 14, 7, 3
        true | {"do_lower_case": true, "mask_token": "[MASK]"} | the [MASK] film | 2, 5, 4, 7, 3
        true | {"tokenizer_class": "PreTrainedTokenizerFast"} | the [MASK] film | 2, 5, 18, 19, 20, 7, 3
        true | {"tokenizer_class": "PreTrainedTokenizerFast", "mask_token": {"content": "[MASK]"}} | the [MASK] film | 2, 5, 4, 7, 3
        true | {"model_max_length": 8, "clean_up_tokenization_spaces": true, "a_later_switch": false} | the film | 2, 5, 7, 3
        """)
    void shouldMakeTheTokensThatTransformersMakes(boolean lowercase, String settings, String text, String expected)
            throws IOException {
        writeTokenizer(lowercase);
        write("tokenizer_config.json", settings);

        assertThat(tokens(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        | 2, 5, 7, 8, 9, 11, 12, 3
        {"do_lower_case": false} | 2, 6, 7, 8, 10, 11, 12, 3
        """)
    void shouldBuildABertsTokenizerFromItsVocabulary(String settings, String expected) throws IOException {
        write("vocab.txt", String.join("\n", VOCABULARY) + "\n");
        if (settings != null) {
            write("tokenizer_config.json", settings);
        }

        assertThat(tokens("The films naïve 中文")).isEqualTo(expected);
    }

    @Test
    void shouldReadOlderFilesOfSpecialAndAddedTokens() throws IOException {
        writeTokenizer(true);
        write("special_tokens_map.json", "{\"mask_token\": \"[MASK]\"}");
        write("added_tokens.json", "{\"@USER\": 14}");

        assertThat(tokens("the [MASK] @USER")).isEqualTo("2, 5, 4, 14, 3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"tokenizer_class": "RobertaTokenizer"} | 0, 91, 73, 225, 264, 2
        {"tokenizer_class": "RobertaTokenizerFast", "add_prefix_space": true} | 0, 263, 73, 225, 264, 2
        """)
    void shouldBeginARobertasTextAsItsSettingsSay(String settings, String expected) throws IOException {
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.deleteIfExists(directory.resolve(file));
            Files.copy(ROBERTA.resolve(file), directory.resolve(file));
        }
        write("tokenizer_config.json", settings);

        assertThat(tokens("we it")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        true | {"tokenizer_class": "BertJapaneseTokenizer"} | tokenizer_class
        true | {"truncation_side": "left"} | truncation_side
        true | {"do_basic_tokenize": false, "word_tokenizer": "mecab"} | word_tokenizer
        true | {"never_split": ["film"]} | never_split
        true | {"cls_token": "[MASK]"} | cls_token
        false | {"tokenizer_class": "BertTokenizer"} | do_lower_case
        false | | do_lower_case
        """)
    void shouldRefuseByNameWhatItDoesNotCompute(boolean lowercase, String settings, String key) throws IOException {
        writeTokenizer(lowercase);
        if (settings != null) {
            write("tokenizer_config.json", settings);
        }

        assertRefused(ErrorCode.MODEL_UNSUPPORTED, key);
    }

    @Test
    void shouldRefuseWhatOnlyPythonCanBuild() throws IOException {
        assertRefused(ErrorCode.MODEL_UNREADABLE, "tokenizer.json is not there");
        write("vocab.txt", "[PAD]\nthe\n");
        assertRefused(ErrorCode.MODEL_UNREADABLE, "no line '[UNK]'");
    }

    @Test
    void shouldTellTokenizersApartByWhatTheirSettingsChange() throws IOException {
        writeTokenizer(true);
        String alone = digest();
        write("tokenizer_config.json", "{\"do_lower_case\": true, \"mask_token\": \"[MASK]\"}");
        assertThat(digest()).as("the file says the same").isEqualTo(alone);
        write("tokenizer_config.json", "{\"do_lower_case\": false}");
        String cased = digest();
        write("tokenizer_config.json", "{\"additional_special_tokens\": [\"@USER\"]}");
        String withUser = digest();
        Files.delete(directory.resolve("tokenizer.json"));
        write("vocab.txt", String.join("\n", VOCABULARY) + "\n");
        Files.delete(directory.resolve("tokenizer_config.json"));

        assertThat(List.of(alone, cased, withUser, digest())).doesNotHaveDuplicates();
    }

    private String digest() {
        return BaseModel.of(directory.toString(), directory).digest();
    }

    private void assertRefused(ErrorCode code, String part) {
        assertThatThrownBy(() -> BaseModel.of(directory.toString(), directory))
                .isInstanceOfSatisfying(RondoException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(code);
                    assertThat(refusal).hasMessageContaining(part);
                });
    }

    private String tokens(String text) {
        try (ModelDirectory model = ModelDirectory.open(directory);
                TextTokenizer tokenizer = TextTokenizer.open(model, 16)) {
            return IntStream.of(tokenizer.encode(Example.of(text, "")).ids())
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(", "));
        }
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }

    /** As files of before special tokens were kept in them. */
    private void writeTokenizer(boolean lowercase) throws IOException {
        ObjectNode json = JSON.createObjectNode().put("version", "1.0");
        json.putNull("truncation").putNull("padding").putArray("added_tokens");
        json.putObject("normalizer")
                .put("type", "BertNormalizer")
                .put("clean_text", true)
                .put("handle_chinese_chars", true)
                .put("lowercase", lowercase)
                .<ObjectNode>set("strip_accents", NullNode.instance);
        json.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        ObjectNode processor = json.putObject("post_processor").put("type", "BertProcessing");
        mark(processor.putArray("cls"), "[CLS]");
        mark(processor.putArray("sep"), "[SEP]");
        ObjectNode ids = json.putNull("decoder")
                .putObject("model")
                .put("type", "WordPiece")
                .put("unk_token", "[UNK]")
                .put("continuing_subword_prefix", "##")
                .put("max_input_chars_per_word", 100)
                .putObject("vocab");
        VOCABULARY.forEach(token -> ids.put(token, VOCABULARY.indexOf(token)));
        write("tokenizer.json", json.toString());
    }

    private static void mark(ArrayNode mark, String token) {
        mark.add(token).add(VOCABULARY.indexOf(token));
    }
}
