package io.rondo.trainer.nd4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A model's tokenizer as {@code transformers} loads it: {@code tokenizer.json} with what {@link TokenizerSettings} change in
 * it, or a BERT's made from {@code vocab.txt}.
 */
public final class TokenizerFiles {
    static final String TOKENIZER = "tokenizer.json";
    private static final String VOCABULARY = "vocab.txt";

    private static final long MAX_BYTES = 64 << 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String AGAIN = "save the model's fast tokenizer into its directory: "
            + "AutoTokenizer.from_pretrained(…).save_pretrained(…)";

    /** Settings of a BERT's normalizer: in the configuration, in {@code tokenizer.json}, and where neither says it. */
    private static final List<Normalizing> NORMALIZING = List.of(
            new Normalizing("do_lower_case", "lowercase", BooleanNode.TRUE),
            new Normalizing("strip_accents", "strip_accents", NullNode.instance),
            new Normalizing("tokenize_chinese_chars", "handle_chinese_chars", BooleanNode.TRUE));

    private record Normalizing(String key, String stored, JsonNode usual) {}

    private final Path file;
    private final TokenizerSettings settings;
    private final ObjectNode tokenizer;
    /** What of {@link #tokenizer} the file does not say, for digests. */
    private final ObjectNode changes = JSON.createObjectNode();

    private TokenizerFiles(Path file, TokenizerSettings settings, ObjectNode tokenizer) {
        this.file = file;
        this.settings = settings;
        this.tokenizer = tokenizer;
    }

    /**
     * Reads a directory's tokenizer.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE} where there is none or it is damaged, with {@link
     *     ErrorCode#MODEL_UNSUPPORTED} naming a setting that changes tokens and is not computed
     */
    static TokenizerFiles read(Path directory, EncoderFamily family) {
        TokenizerSettings settings = TokenizerSettings.read(directory, family);
        Path file = directory.resolve(TOKENIZER);
        TokenizerFiles files;
        if (Files.isRegularFile(file)) {
            if (!(json(file, MAX_BYTES) instanceof ObjectNode tokenizer)) {
                throw unreadable(file, "holds no JSON object", null);
            }
            files = new TokenizerFiles(file, settings, tokenizer);
            files.normalize();
        } else {
            Path vocabulary = directory.resolve(VOCABULARY);
            if (settings.kind() != TokenizerSettings.Kind.BERT || !Files.isRegularFile(vocabulary)) {
                throw new RondoException(ErrorCode.MODEL_UNREADABLE, file + " is not there", AGAIN);
            }
            files = new TokenizerFiles(vocabulary, settings, JSON.createObjectNode());
            files.build(vocabulary);
        }
        files.beginWithBlank();
        files.requireMarks();
        files.requireRepeatable();
        files.addWholeTokens();
        return files;
    }

    /** The files of a directory that make its tokenizer. */
    static List<Path> of(Path directory) {
        return Stream.of(
                        TOKENIZER,
                        VOCABULARY,
                        TokenizerSettings.CONFIG,
                        TokenizerSettings.SPECIAL_TOKENS,
                        TokenizerSettings.ADDED_TOKENS)
                .map(directory::resolve)
                .filter(Files::isRegularFile)
                .toList();
    }

    /** The file that has the vocabulary. */
    public Path file() {
        return file;
    }

    /** The text of a {@code tokenizer.json} that makes the model's tokens. */
    public byte[] json() {
        return tokenizer.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What settings change, as one line of JSON; empty if {@link #file} says all. */
    Optional<String> changes() {
        return changes.isEmpty() ? Optional.empty() : Optional.of(changes.toString());
    }

    /** A BERT's settings stand in the configuration, whatever {@code tokenizer.json} says. */
    private void normalize() {
        if (settings.kind() != TokenizerSettings.Kind.BERT) {
            return;
        }
        if (!(tokenizer.path("normalizer") instanceof ObjectNode normalizer)
                || !normalizer.path("type").asText().equals("BertNormalizer")) {
            for (Normalizing each : NORMALIZING) {
                settings.value(each.key()).ifPresent(value -> {
                    throw settings.unsupported(
                            each.key(), value, "remove it, as " + file + " has no normalizer of BERT's, or " + AGAIN);
                });
            }
            return;
        }
        boolean isChanged = false;
        for (Normalizing each : NORMALIZING) {
            JsonNode stored = normalizer.path(each.stored());
            JsonNode wanted = wanted(each, stored);
            isChanged |= !stored.equals(wanted);
            normalizer.set(each.stored(), wanted);
        }
        if (isChanged) {
            noteNormalizer(normalizer);
        }
    }

    private JsonNode wanted(Normalizing setting, JsonNode stored) {
        if (settings.says(setting.key())) {
            return settings.value(setting.key()).orElse(NullNode.instance);
        }
        if (stored.isMissingNode() || stored.equals(setting.usual())) {
            return setting.usual();
        }
        throw new RondoException(
                ErrorCode.MODEL_UNSUPPORTED,
                file + " has '" + setting.stored() + "' " + stored + ", and " + TokenizerSettings.CONFIG
                        + " does not set '" + setting.key() + "', where transformers takes " + setting.usual(),
                "set \"" + setting.key() + "\" to " + stored + " or " + setting.usual() + " in "
                        + TokenizerSettings.CONFIG);
    }

    private void noteNormalizer(ObjectNode normalizer) {
        NORMALIZING.forEach(each -> changes.set(each.stored(), normalizer.path(each.stored())));
    }

    /** A RoBERTa's settings say whether the first word is like those inside a text. */
    private void beginWithBlank() {
        JsonNode splitter = tokenizer.path("pre_tokenizer");
        JsonNode stored = splitter.path("add_prefix_space");
        if (settings.kind() == TokenizerSettings.Kind.AS_IT_IS && stored.isBoolean()) {
            // versions of transformers differ in which of the two they take
            settings.value("add_prefix_space")
                    .filter(value -> !value.equals(stored))
                    .ifPresent(value -> {
                        throw settings.unsupported(
                                "add_prefix_space",
                                value,
                                "set it to " + stored + ", as " + file + " has it, or change both");
                    });
        }
        if (settings.kind() != TokenizerSettings.Kind.ROBERTA) {
            return;
        }
        JsonNode wanted = settings.value("add_prefix_space").orElse(BooleanNode.FALSE);
        if (!stored.equals(wanted)) {
            if (!(splitter instanceof ObjectNode byteLevel) || !stored.isBoolean()) {
                throw settings.unsupported(
                        "add_prefix_space", wanted, file + " has another 'pre_tokenizer' than RoBERTa's: " + AGAIN);
            }
            byteLevel.set("add_prefix_space", wanted);
            changes.set("add_prefix_space", wanted);
        }
    }

    /** The head reads the token that begins a text: it must be the one that the settings name. */
    private void requireMarks() {
        if (settings.kind() == TokenizerSettings.Kind.AS_IT_IS) {
            return;
        }
        Set<String> marks = marks(tokenizer.path("post_processor"));
        for (String name : List.of("cls_token", "sep_token")) {
            if (!marks.contains(settings.token(name))) {
                throw new RondoException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        file + " does not put the '" + name + "' '" + settings.token(name) + "' around a text",
                        AGAIN);
            }
        }
    }

    private static Set<String> marks(JsonNode processor) {
        Set<String> marks = new HashSet<>();
        processor.path("special_tokens").fieldNames().forEachRemaining(marks::add);
        marks.add(processor.path("cls").path(0).asText());
        marks.add(processor.path("sep").path(0).asText());
        processor.path("processors").forEach(part -> marks.addAll(marks(part)));
        return marks;
    }

    private void requireRepeatable() {
        JsonNode dropout = tokenizer.path("model").path("dropout");
        if (!dropout.isMissingNode() && !dropout.isNull() && dropout.asDouble() != 0) {
            throw new RondoException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    file + " has 'dropout' " + dropout + ": a text would have other tokens each time",
                    "set it to null");
        }
        JsonNode side = tokenizer.path("truncation").path("direction");
        if (side.asText().equals("Left") && !settings.says("truncation_side")) {
            throw new RondoException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    file + " cuts long texts on the left",
                    "set the direction of its truncation to Right, or \"truncation_side\" to \"right\" in "
                            + TokenizerSettings.CONFIG);
        }
    }

    /** Special and added tokens of the settings are matched as a whole, and get the next numbers where they have none. */
    private void addWholeTokens() {
        ArrayNode added =
                tokenizer.path("added_tokens") instanceof ArrayNode array ? array : tokenizer.putArray("added_tokens");
        List<String> unnamed = new ArrayList<>();
        List<String> named = settings.named();
        Set<Integer> ids = new HashSet<>();
        added.forEach(token -> ids.add(token.path("id").asInt()));
        JsonNode vocabulary = tokenizer.path("model").path("vocab");
        int next = Math.max(
                vocabulary.size(),
                1 + ids.stream().mapToInt(Integer::intValue).max().orElse(-1));
        for (Map.Entry<String, JsonNode> token : settings.wholeTokens().entrySet()) {
            String text = token.getKey();
            Optional<ObjectNode> known = find(added, text);
            if (known.isEmpty()) {
                JsonNode id = vocabulary.path(text);
                boolean isNumbered = id.isInt();
                if (!isNumbered && named.contains(text) && !token.getValue().isObject()) {
                    // no text has it: it would be a number that the model has no vector for
                    continue;
                }
                ObjectNode made = added.addObject()
                        .put("id", isNumbered ? id.asInt() : next)
                        .put("content", text)
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", true);
                copyFlags(token.getValue(), made);
                next += isNumbered ? 0 : 1;
                if (!named.contains(text)) {
                    unnamed.add(text);
                }
            } else {
                copyFlags(token.getValue(), known.get());
            }
        }
        if (!unnamed.isEmpty()) {
            ArrayNode noted = changes.putArray("added_tokens");
            unnamed.forEach(noted::add);
        }
    }

    private static Optional<ObjectNode> find(ArrayNode added, String text) {
        for (JsonNode token : added) {
            if (token instanceof ObjectNode object
                    && object.path("content").asText().equals(text)) {
                return Optional.of(object);
            }
        }
        return Optional.empty();
    }

    private static void copyFlags(JsonNode from, ObjectNode to) {
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
            if (from.path(flag).isBoolean()) {
                to.set(flag, from.path(flag));
            }
        }
    }

    /** A BERT's tokenizer from its vocabulary, a token a line, as {@code transformers} makes it. */
    private void build(Path vocabulary) {
        ObjectNode ids = JSON.createObjectNode();
        int id = 0;
        for (String line : lines(vocabulary)) {
            ids.put(line, id);
            id++;
        }
        List<String> marks = List.of(settings.token("cls_token"), settings.token("sep_token"));
        for (String name : List.of("unk_token", "cls_token", "sep_token")) {
            if (!ids.has(settings.token(name))) {
                throw unreadable(vocabulary, "has no line '" + settings.token(name) + "', the '" + name + "'", null);
            }
        }
        tokenizer.put("version", "1.0");
        ObjectNode normalizer =
                tokenizer.putObject("normalizer").put("type", "BertNormalizer").put("clean_text", true);
        NORMALIZING.forEach(each -> normalizer.set(each.stored(), wanted(each, each.usual())));
        noteNormalizer(normalizer);
        tokenizer.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        ObjectNode processor = tokenizer.putObject("post_processor").put("type", "TemplateProcessing");
        pieces(processor.putArray("single"), marks, "A");
        pieces(processor.putArray("pair"), marks, "A", "B");
        ObjectNode special = processor.putObject("special_tokens");
        for (String mark : marks) {
            ObjectNode token = special.putObject(mark).put("id", mark);
            token.putArray("ids").add(ids.path(mark).asInt());
            token.putArray("tokens").add(mark);
        }
        tokenizer
                .putObject("model")
                .put("type", "WordPiece")
                .put("unk_token", settings.token("unk_token"))
                .put("continuing_subword_prefix", "##")
                .put("max_input_chars_per_word", 100)
                .set("vocab", ids);
    }

    private static void pieces(ArrayNode template, List<String> marks, String... texts) {
        piece(template, "SpecialToken", marks.get(0), 0);
        for (int type = 0; type < texts.length; type++) {
            piece(template, "Sequence", texts[type], type);
            piece(template, "SpecialToken", marks.get(1), type);
        }
    }

    private static void piece(ArrayNode template, String kind, String id, int type) {
        template.addObject().putObject(kind).put("id", id).put("type_id", type);
    }

    private static List<String> lines(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw unreadable(file, "is longer than " + MAX_BYTES + " bytes", null);
            }
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unreadable(file, "cannot be read: " + e, e);
        }
    }

    static JsonNode json(Path file, long mostBytes) {
        try {
            if (Files.size(file) > mostBytes) {
                throw unreadable(file, "is longer than " + mostBytes + " bytes", null);
            }
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            return json == null ? JsonNodeFactory.instance.missingNode() : json;
        } catch (IOException e) {
            throw unreadable(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    static RondoException unreadable(Path file, String what, Throwable cause) {
        return new RondoException(ErrorCode.MODEL_UNREADABLE, file + " " + what, AGAIN, cause);
    }
}
