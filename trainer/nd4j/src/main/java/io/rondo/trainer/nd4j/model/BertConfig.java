package io.rondo.trainer.nd4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The dimensions of an encoder of BERT's kind, as {@code config.json} of a Hugging Face directory spells them.
 *
 * @param family whose tensors, positions and head it has
 * @param layers number of transformer layers
 * @param hidden width of a token's state
 * @param heads attention heads; they divide {@code hidden}
 * @param intermediate width of the feed-forward layer
 * @param vocabulary rows of the word embeddings
 * @param positions rows of the position embeddings
 * @param types rows of the token type embeddings
 * @param epsilon of the layer norms
 * @param padding id of the padding token; RoBERTa's positions are counted from the one after it
 */
public record BertConfig(
        EncoderFamily family,
        int layers,
        int hidden,
        int heads,
        int intermediate,
        int vocabulary,
        int positions,
        int types,
        float epsilon,
        int padding) {
    private static final int MAX_DIMENSION = 1 << 20;
    private static final long MAX_CONFIG_BYTES = 1 << 20;

    /** Keys that are read here, and those that change no output of an encoder and its head. */
    private static final Set<String> NEUTRAL = Set.of(
            "model_type",
            "num_hidden_layers",
            "hidden_size",
            "num_attention_heads",
            "intermediate_size",
            "vocab_size",
            "max_position_embeddings",
            "type_vocab_size",
            "layer_norm_eps",
            "pad_token_id",
            "id2label",
            "label2id",
            "num_labels",
            // of where it comes from
            "architectures",
            "name_or_path",
            "_name_or_path",
            "_commit_hash",
            "transformers_version",
            "tokenizer_class",
            "finetuning_task",
            "task_specific_params",
            "language",
            "model_name",
            "sentence_transformers",
            // of training; a job has settings of its own
            "hidden_dropout_prob",
            "attention_probs_dropout_prob",
            "classifier_dropout",
            "initializer_range",
            "initializer_factor",
            "gradient_checkpointing",
            // of how it is computed or stored
            "torch_dtype",
            "dtype",
            "torchscript",
            "use_cache",
            "use_return_dict",
            "return_dict",
            "attn_implementation",
            "_attn_implementation",
            "_attn_implementation_autoset",
            "chunk_size_feed_forward",
            "tie_word_embeddings",
            "output_past",
            "output_attentions",
            "output_hidden_states",
            // of tokens, which the tokenizer's files say
            "bos_token_id",
            "eos_token_id",
            "sep_token_id",
            "cls_token_id",
            "mask_token_id",
            "unk_token_id",
            // of Google's first BERTs, which no model reads
            "directionality",
            "pooler_fc_size",
            "pooler_num_attention_heads",
            "pooler_num_fc_layers",
            "pooler_size_per_head",
            "pooler_type");

    /** Keys of writing text, which older configurations of every model have. */
    private static final Set<String> GENERATION = Set.of(
            "max_length",
            "min_length",
            "early_stopping",
            "num_beams",
            "num_beam_groups",
            "diversity_penalty",
            "temperature",
            "top_k",
            "top_p",
            "typical_p",
            "repetition_penalty",
            "length_penalty",
            "no_repeat_ngram_size",
            "encoder_no_repeat_ngram_size",
            "num_return_sequences",
            "decoder_start_token_id");

    /** Keys that are computed with some values only. */
    private static final Map<String, List<String>> WITH_VALUES = Map.of(
            "hidden_act",
            List.of("gelu"),
            "position_embedding_type",
            List.of("absolute"),
            "problem_type",
            List.of("single_label_classification", "null"));

    public BertConfig {
        for (int dimension : new int[] {layers, hidden, heads, intermediate, vocabulary, positions, types}) {
            if (dimension < 1 || dimension > MAX_DIMENSION) {
                throw new IllegalArgumentException("a dimension of " + dimension);
            }
        }
        if (hidden % heads != 0) {
            throw new IllegalArgumentException(heads + " heads do not divide a hidden size of " + hidden);
        }
        if (padding < 0 || padding >= vocabulary) {
            throw new IllegalArgumentException("a padding token " + padding + " in a vocabulary of " + vocabulary);
        }
        if (family == EncoderFamily.ROBERTA && positions <= padding + 1) {
            throw new IllegalArgumentException(positions + " positions after a padding token " + padding);
        }
        if (!(epsilon > 0) || epsilon > 1) {
            throw new IllegalArgumentException("a layer norm epsilon of " + epsilon);
        }
    }

    /** A BERT. */
    public BertConfig(
            int layers,
            int hidden,
            int heads,
            int intermediate,
            int vocabulary,
            int positions,
            int types,
            float epsilon) {
        this(EncoderFamily.BERT, layers, hidden, heads, intermediate, vocabulary, positions, types, epsilon, 0);
    }

    /** Longest input in tokens. */
    public int longestInput() {
        return family == EncoderFamily.BERT ? positions : positions - padding - 1;
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
            JsonNode json = json(file);
            EncoderFamily family = EncoderFamily.named(json.path("model_type").asText())
                    .orElseThrow(() ->
                            unsupported(file, json, "model_type", "use a model of type " + EncoderFamily.names()));
            requireOrdinary(file, json);
            return new BertConfig(
                    family,
                    integer(file, json, "num_hidden_layers"),
                    integer(file, json, "hidden_size"),
                    integer(file, json, "num_attention_heads"),
                    integer(file, json, "intermediate_size"),
                    integer(file, json, "vocab_size"),
                    integer(file, json, "max_position_embeddings"),
                    integer(file, json, "type_vocab_size"),
                    (float) json.path("layer_norm_eps").asDouble(1e-12),
                    json.path("pad_token_id").asInt(family == EncoderFamily.BERT ? 0 : 1));
        } catch (IOException e) {
            throw unreadable(file, "cannot be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw unreadable(file, "has " + e.getMessage(), e);
        }
    }

    /**
     * What {@code id2label} calls the outputs of a head, in their order; empty if it is not there.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE} when it does not name each output once
     */
    static List<String> outputs(Path file) {
        try {
            JsonNode names = json(file).path("id2label");
            List<String> outputs = new ArrayList<>();
            for (int output = 0; output < names.size(); output++) {
                JsonNode name = names.path(Integer.toString(output));
                if (!name.isValueNode()) {
                    throw unreadable(file, "has no name of output " + output + " in 'id2label' " + names, null);
                }
                outputs.add(name.asText());
            }
            return outputs;
        } catch (IOException e) {
            throw unreadable(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static JsonNode json(Path file) throws IOException {
        if (Files.size(file) > MAX_CONFIG_BYTES) {
            throw unreadable(file, "is longer than " + MAX_CONFIG_BYTES + " bytes", null);
        }
        return JsonMapper.builder().build().readTree(Files.readAllBytes(file));
    }

    private static int integer(Path file, JsonNode json, String key) {
        JsonNode value = json.path(key);
        if (!value.isInt()) {
            throw unreadable(file, "has no whole number at '" + key + "'", null);
        }
        return value.intValue();
    }

    /** Refuses what could change the outputs and is not computed here. Keys that are absent have these values. */
    private static void requireOrdinary(Path file, JsonNode json) {
        json.properties().forEach(entry -> {
            String key = entry.getKey();
            List<String> computed = WITH_VALUES.get(key);
            if (computed != null) {
                if (!computed.contains(entry.getValue().asText())) {
                    throw unsupported(file, json, key, "use a model where it is '" + computed.get(0) + "'");
                }
            } else if (!NEUTRAL.contains(key) && !GENERATION.contains(key) && !isOff(entry.getValue())) {
                throw unsupported(
                        file, json, key, "remove the key if it changes no output of the model, or use another model");
            }
        });
    }

    /** A switch that is off, or a value that is not there. */
    private static boolean isOff(JsonNode value) {
        return value.isNull()
                || (value.isBoolean() && !value.asBoolean())
                || (value.isContainerNode() && value.isEmpty());
    }

    private static RondoException unsupported(Path file, JsonNode json, String key, String nextStep) {
        JsonNode value = json.path(key);
        return new RondoException(
                ErrorCode.MODEL_UNSUPPORTED,
                file + " has '" + key + "' " + (value.isMissingNode() ? "not set" : value.toString()),
                nextStep);
    }

    private static RondoException unreadable(Path file, String what, Throwable cause) {
        return new RondoException(
                ErrorCode.MODEL_UNREADABLE, file + " " + what, "get the model's configuration again", cause);
    }

    /** The text of {@code config.json}. */
    String json() {
        return node().toPrettyString();
    }

    /** The same on one line, for digests. */
    String canonical() {
        return node().toString();
    }

    private ObjectNode node() {
        return JsonMapper.builder()
                .build()
                .createObjectNode()
                .put("model_type", family.id())
                .put("hidden_act", "gelu")
                .put("num_hidden_layers", layers)
                .put("hidden_size", hidden)
                .put("num_attention_heads", heads)
                .put("intermediate_size", intermediate)
                .put("vocab_size", vocabulary)
                .put("max_position_embeddings", positions)
                .put("type_vocab_size", types)
                .put("layer_norm_eps", Double.parseDouble(Float.toString(epsilon)))
                .put("pad_token_id", padding);
    }
}
