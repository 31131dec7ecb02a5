package io.rondo.trainer.nd4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What {@code tokenizer_config.json} and its older companions say beside {@code tokenizer.json}: settings that change
 * tokens are computed as {@code transformers} does, or refused by their names.
 */
final class TokenizerSettings {
    static final String CONFIG = "tokenizer_config.json";
    /** Where older versions of {@code transformers} keep special and added tokens. */
    static final String SPECIAL_TOKENS = "special_tokens_map.json";

    static final String ADDED_TOKENS = "added_tokens.json";

    private static final long MAX_BYTES = 16 << 20;

    /** Names of tokens with a place of their own, in the order in which {@code transformers} adds them. */
    private static final List<String> NAMED =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private static final List<String> EXTRA = List.of("additional_special_tokens", "extra_special_tokens");

    /** Keys that change no token of a text that is cut, and not padded, as a trainer asks for it. */
    private static final Set<String> NEUTRAL = Set.of(
            "tokenizer_class",
            "name_or_path",
            "_name_or_path",
            "model_max_length",
            "max_len",
            "max_length",
            "stride",
            "truncation_strategy",
            "padding_side",
            "padding",
            "pad_to_multiple_of",
            "pad_token_type_id",
            "model_input_names",
            "clean_up_tokenization_spaces",
            "spaces_between_special_tokens",
            "tokenizer_file",
            "vocab_file",
            "merges_file",
            "special_tokens_map_file",
            "added_tokens_file",
            "trim_offsets",
            "errors",
            "backend",
            "is_local",
            "local_files_only",
            "use_fast",
            "processor_class",
            "chat_template",
            "transformers_version",
            "verbose",
            "verbosity",
            "_commit_hash",
            "revision",
            // of PreTrainedTokenizerFast: how characters become tokens again
            "legacy",
            "sp_model_kwargs");

    /** Keys that are computed, in {@link TokenizerFiles}. */
    private static final Set<String> COMPUTED = Set.of(
            "do_lower_case", "strip_accents", "tokenize_chinese_chars", "add_prefix_space", "added_tokens_decoder");

    /** Keys that are neutral with one value. */
    private static final Map<String, String> WITH_ONE_VALUE = Map.of(
            "truncation_side", "\"right\"",
            "do_basic_tokenize", "true",
            "split_special_tokens", "false",
            "add_special_tokens", "true");

    /** Which classes of {@code transformers} make tokens alike. */
    enum Kind {
        /** Settings of the normalizer stand in the configuration. */
        BERT,
        /** Whether a text begins with a blank is in the configuration. */
        ROBERTA,
        /** {@code tokenizer.json} says all. */
        AS_IT_IS;

        private Set<String> classes() {
            return switch (this) {
                case BERT -> Set.of("BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer");
                case ROBERTA -> Set.of("RobertaTokenizer");
                case AS_IT_IS -> Set.of("PreTrainedTokenizer", "TokenizersBackend", "XLMRobertaTokenizer");
            };
        }
    }

    private final Path file;
    private final JsonNode config;
    private final Kind kind;
    private final JsonNode specialTokens;
    private final JsonNode addedTokens;

    private TokenizerSettings(Path file, JsonNode config, Kind kind, JsonNode specialTokens, JsonNode addedTokens) {
        this.file = file;
        this.config = config;
        this.kind = kind;
        this.specialTokens = specialTokens;
        this.addedTokens = addedTokens;
    }

    /**
     * Reads what is there of a directory's settings.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE}, or {@link ErrorCode#MODEL_UNSUPPORTED} naming the key
     *     that would change tokens and is not computed
     */
    static TokenizerSettings read(Path directory, EncoderFamily family) {
        Path file = directory.resolve(CONFIG);
        JsonNode config = object(file);
        TokenizerSettings settings = new TokenizerSettings(
                file,
                config,
                kind(file, config, family),
                object(directory.resolve(SPECIAL_TOKENS)),
                object(directory.resolve(ADDED_TOKENS)));
        config.properties().forEach(entry -> settings.requireKnown(entry.getKey(), entry.getValue()));
        return settings;
    }

    private static JsonNode object(Path file) {
        if (!Files.isRegularFile(file)) {
            return JsonNodeFactory.instance.objectNode();
        }
        JsonNode json = TokenizerFiles.json(file, MAX_BYTES);
        if (!json.isObject()) {
            throw TokenizerFiles.unreadable(file, "holds no JSON object", null);
        }
        return json;
    }

    private static Kind kind(Path file, JsonNode config, EncoderFamily family) {
        String title = config.path("tokenizer_class").asText("");
        if (title.isEmpty() || config.path("tokenizer_class").isNull()) {
            return family == EncoderFamily.BERT ? Kind.BERT : Kind.ROBERTA;
        }
        String slow = title.endsWith("Fast") ? title.substring(0, title.length() - "Fast".length()) : title;
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.classes().contains(slow))
                .findFirst()
                .orElseThrow(() -> new RondoException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        file + " has 'tokenizer_class' \"" + title + "\"",
                        "use a model with BertTokenizer or RobertaTokenizer; where tokenizer.json alone makes the same"
                                + " tokens, set PreTrainedTokenizerFast"));
    }

    private void requireKnown(String key, JsonNode value) {
        boolean isKnown = NEUTRAL.contains(key)
                || COMPUTED.contains(key)
                || NAMED.contains(key)
                || EXTRA.contains(key)
                || isOff(value)
                || value.toString().equals(WITH_ONE_VALUE.get(key));
        if (!isKnown) {
            throw unsupported(
                    key,
                    value,
                    "remove the key if it changes no token, or save the tokenizer again: "
                            + "AutoTokenizer.from_pretrained(…).save_pretrained(…)");
        }
    }

    /** A switch that is off, or a value that is not there. */
    private static boolean isOff(JsonNode value) {
        return value.isNull()
                || (value.isBoolean() && !value.asBoolean())
                || (value.isContainerNode() && value.isEmpty());
    }

    RondoException unsupported(String key, JsonNode value, String nextStep) {
        return new RondoException(
                ErrorCode.MODEL_UNSUPPORTED,
                file + " has '" + key + "' " + (value.isMissingNode() ? "not set" : value.toString()),
                nextStep);
    }

    Kind kind() {
        return kind;
    }

    /** What a key is set to; empty if it is not, or is null. */
    Optional<JsonNode> value(String key) {
        return Optional.of(config.path(key)).filter(value -> !value.isMissingNode() && !value.isNull());
    }

    /** Whether a key is there at all. */
    boolean says(String key) {
        return config.has(key);
    }

    /** The text of a token with a name, such as {@code cls_token}, or what its class calls it. */
    String token(String name) {
        return content(named(name)).orElse(kind == Kind.ROBERTA ? roberta(name) : bert(name));
    }

    private JsonNode named(String name) {
        return config.hasNonNull(name) ? config.path(name) : specialTokens.path(name);
    }

    private static String bert(String name) {
        return switch (name) {
            case "unk_token" -> "[UNK]";
            case "sep_token" -> "[SEP]";
            case "pad_token" -> "[PAD]";
            case "cls_token" -> "[CLS]";
            case "mask_token" -> "[MASK]";
            default -> "";
        };
    }

    private static String roberta(String name) {
        return switch (name) {
            case "bos_token", "cls_token" -> "<s>";
            case "eos_token", "sep_token" -> "</s>";
            case "unk_token" -> "<unk>";
            case "pad_token" -> "<pad>";
            case "mask_token" -> "<mask>";
            default -> "";
        };
    }

    /** Texts of the tokens with a name, without those that this kind of tokenizer does not have. */
    List<String> named() {
        return NAMED.stream()
                .map(name -> kind == Kind.AS_IT_IS ? content(named(name)).orElse("") : token(name))
                .filter(text -> !text.isEmpty())
                .distinct()
                .toList();
    }

    /** Tokens that are matched in a text as a whole, in the order in which they get their numbers; by text. */
    Map<String, JsonNode> wholeTokens() {
        Map<String, JsonNode> tokens = new LinkedHashMap<>();
        new TreeMap<>(decoder()).values().forEach(token -> put(tokens, token));
        if (!config.has("added_tokens_decoder")) {
            List<Map.Entry<String, JsonNode>> older = new ArrayList<>(addedTokens.properties());
            older.sort(Map.Entry.comparingByValue((one, other) -> Integer.compare(one.asInt(), other.asInt())));
            older.forEach(entry -> put(tokens, JsonNodeFactory.instance.textNode(entry.getKey())));
        }
        named().forEach(text -> tokens.putIfAbsent(text, JsonNodeFactory.instance.textNode(text)));
        NAMED.forEach(name -> put(tokens, named(name)));
        EXTRA.forEach(key -> {
            JsonNode extra = config.has(key) ? config.path(key) : specialTokens.path(key);
            extra.forEach(token -> put(tokens, token));
        });
        return tokens;
    }

    private Map<Integer, JsonNode> decoder() {
        Map<Integer, JsonNode> tokens = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry :
                config.path("added_tokens_decoder").properties()) {
            try {
                tokens.put(Integer.valueOf(entry.getKey()), entry.getValue());
            } catch (NumberFormatException e) {
                throw unsupported(
                        "added_tokens_decoder", config.path("added_tokens_decoder"), "use numbers as its keys");
            }
        }
        return tokens;
    }

    /** What says more of a token takes the place of what says less. */
    private static void put(Map<String, JsonNode> tokens, JsonNode token) {
        content(token).ifPresent(text -> tokens.merge(text, token, (before, now) -> now.isObject() ? now : before));
    }

    private static Optional<String> content(JsonNode token) {
        return Optional.ofNullable(token.isObject() ? token.path("content").textValue() : token.textValue());
    }
}
