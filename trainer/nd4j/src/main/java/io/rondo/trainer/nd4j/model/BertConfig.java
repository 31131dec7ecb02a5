package io.rondo.trainer.nd4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The dimensions of a BERT encoder, as {@code config.json} of a Hugging Face directory spells them.
 *
 * @param layers number of transformer layers
 * @param hidden width of a token's state
 * @param heads attention heads; they divide {@code hidden}
 * @param intermediate width of the feed-forward layer
 * @param vocabulary rows of the word embeddings
 * @param positions longest input in tokens
 * @param types rows of the token type embeddings
 * @param epsilon of the layer norms
 */
public record BertConfig(
        int layers, int hidden, int heads, int intermediate, int vocabulary, int positions, int types, float epsilon) {
    private static final int MAX_DIMENSION = 1 << 20;
    private static final long MAX_CONFIG_BYTES = 1 << 20;

    public BertConfig {
        for (int dimension : new int[] {layers, hidden, heads, intermediate, vocabulary, positions, types}) {
            if (dimension < 1 || dimension > MAX_DIMENSION) {
                throw new IllegalArgumentException("a dimension of " + dimension);
            }
        }
        if (hidden % heads != 0) {
            throw new IllegalArgumentException(heads + " heads do not divide a hidden size of " + hidden);
        }
        if (!(epsilon > 0) || epsilon > 1) {
            throw new IllegalArgumentException("a layer norm epsilon of " + epsilon);
        }
    }

    /** Width of one attention head. */
    public int headWidth() {
        return hidden / heads;
    }

    /**
     * Reads {@code config.json}.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE} or {@link ErrorCode#MODEL_UNSUPPORTED}
     */
    public static BertConfig read(Path file) {
        try {
            if (Files.size(file) > MAX_CONFIG_BYTES) {
                throw unreadable(file, "is longer than " + MAX_CONFIG_BYTES + " bytes", null);
            }
            JsonNode json = JsonMapper.builder().build().readTree(Files.readAllBytes(file));
            requireText(file, json, "model_type", "bert");
            requireText(file, json, "hidden_act", "gelu");
            return new BertConfig(
                    integer(file, json, "num_hidden_layers"),
                    integer(file, json, "hidden_size"),
                    integer(file, json, "num_attention_heads"),
                    integer(file, json, "intermediate_size"),
                    integer(file, json, "vocab_size"),
                    integer(file, json, "max_position_embeddings"),
                    integer(file, json, "type_vocab_size"),
                    (float) json.path("layer_norm_eps").asDouble(1e-12));
        } catch (IOException e) {
            throw unreadable(file, "cannot be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw unreadable(file, "has " + e.getMessage(), e);
        }
    }

    private static int integer(Path file, JsonNode json, String key) {
        JsonNode value = json.path(key);
        if (!value.isInt()) {
            throw unreadable(file, "has no whole number at '" + key + "'", null);
        }
        return value.intValue();
    }

    private static void requireText(Path file, JsonNode json, String key, String expected) {
        String value = json.path(key).asText();
        if (!value.equals(expected)) {
            throw new RondoException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    file + " has '" + key + "' " + (value.isEmpty() ? "not set" : "'" + value + "'"),
                    "use a model where it is '" + expected + "'");
        }
    }

    private static RondoException unreadable(Path file, String what, Throwable cause) {
        return new RondoException(
                ErrorCode.MODEL_UNREADABLE, file + " " + what, "get the model's configuration again", cause);
    }

    /** The text of {@code config.json}. */
    String json() {
        return JsonMapper.builder()
                .build()
                .createObjectNode()
                .put("model_type", "bert")
                .put("hidden_act", "gelu")
                .put("num_hidden_layers", layers)
                .put("hidden_size", hidden)
                .put("num_attention_heads", heads)
                .put("intermediate_size", intermediate)
                .put("vocab_size", vocabulary)
                .put("max_position_embeddings", positions)
                .put("type_vocab_size", types)
                .put("layer_norm_eps", Double.parseDouble(Float.toString(epsilon)))
                .toPrettyString();
    }
}
