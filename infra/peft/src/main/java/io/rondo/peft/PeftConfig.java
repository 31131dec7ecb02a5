package io.rondo.peft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code adapter_config.json} says of an adapter, in PEFT's keys.
 *
 * @param kind the variant
 * @param rank PEFT's {@code r}
 * @param alpha PEFT's {@code lora_alpha}; not used by VeRA
 * @param targetModules the adapted modules, by their last names
 * @param layers {@code layers_to_transform}; empty for all
 * @param hasHead whether the classifier is saved with the adapter
 * @param taskType PEFT's name of the model class; empty for any
 * @param baseModel name or directory of the base model
 */
record PeftConfig(
        AdapterKind kind,
        int rank,
        double alpha,
        List<String> targetModules,
        List<Integer> layers,
        boolean hasHead,
        Optional<String> taskType,
        String baseModel) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Keys that change what an adapter computes, with the only value under which Rondo computes the same. */
    private static final Map<String, String> ORDINARY = Map.ofEntries(
            Map.entry("bias", "\"none\""),
            Map.entry("use_dora", "false"),
            Map.entry("fan_in_fan_out", "false"),
            Map.entry("lora_bias", "false"),
            Map.entry("rank_pattern", "{}"),
            Map.entry("alpha_pattern", "{}"),
            Map.entry("layer_replication", "null"),
            Map.entry("target_parameters", "null"),
            Map.entry("trainable_token_indices", "null"),
            Map.entry("exclude_modules", "null"),
            Map.entry("use_qalora", "false"));

    PeftConfig {
        Objects.requireNonNull(kind);
        targetModules = List.copyOf(targetModules);
        layers = List.copyOf(layers);
        if (rank < 1 || targetModules.isEmpty()) {
            throw new IllegalArgumentException("a rank of " + rank + " on modules " + targetModules);
        }
    }

    /** @throws RondoException with {@link ErrorCode#ADAPTER_UNREADABLE} when it computes with the same tensors something else */
    void requireAdapterOf(JobSpec spec, Path directory) {
        boolean isScaledAlike = kind == AdapterKind.VERA || alpha == spec.getAlpha();
        if (kind != AdapterKind.of(spec.getAdapter()) || rank != spec.getRank() || !isScaledAlike) {
            throw new RondoException(
                    ErrorCode.ADAPTER_UNREADABLE,
                    directory + " holds " + kind.id() + " of rank " + rank + " and alpha " + alpha + ", job "
                            + spec.getName() + " has " + spec.getAdapter() + " of rank " + spec.getRank()
                            + " and alpha " + spec.getAlpha(),
                    "give directories that `rondo export --trainer` wrote of this job");
        }
    }

    /** The text of {@code adapter_config.json}. */
    String json() {
        ObjectNode config = JSON.createObjectNode();
        config.put("peft_type", kind == AdapterKind.VERA ? "VERA" : "LORA");
        config.put("task_type", taskType.orElse(null));
        config.put("base_model_name_or_path", baseModel);
        config.put("r", rank);
        if (kind == AdapterKind.VERA) {
            // The projections are in the file: no other generator draws them.
            config.put("save_projection", true).put("projection_prng_key", 0);
            config.put("vera_dropout", 0.0).put("d_initial", 0.1);
        } else {
            if (alpha == Math.rint(alpha)) {
                config.put("lora_alpha", (long) alpha);
            } else {
                config.put("lora_alpha", alpha);
            }
            config.put("use_rslora", kind == AdapterKind.RSLORA).put("lora_dropout", 0.0);
        }
        targetModules.forEach(config.putArray("target_modules")::add);
        if (layers.isEmpty()) {
            config.putNull("layers_to_transform");
        } else {
            layers.forEach(config.putArray("layers_to_transform")::add);
        }
        if (hasHead) {
            config.putArray("modules_to_save").add("classifier");
        } else {
            config.putNull("modules_to_save");
        }
        config.put("bias", "none").put("fan_in_fan_out", false).put("inference_mode", true);
        return config.toPrettyString() + "\n";
    }

    /** @throws IllegalArgumentException naming the key that is missing or asks for what Rondo does not have */
    static PeftConfig of(JsonNode config) {
        ORDINARY.forEach((key, value) -> {
            JsonNode found = config.path(key);
            if (!found.isMissingNode() && !found.isNull() && !found.toString().equals(value)) {
                throw new IllegalArgumentException("'" + key + "' is " + found + ", not " + value);
            }
        });
        return new PeftConfig(
                kind(config),
                integer(config.path("r"), "r"),
                config.path("lora_alpha").asDouble(1),
                texts(config.path("target_modules")),
                integers(config.path("layers_to_transform")),
                !config.path("modules_to_save").isEmpty(),
                Optional.ofNullable(config.path("task_type").textValue()),
                config.path("base_model_name_or_path").asText());
    }

    private static AdapterKind kind(JsonNode config) {
        String type = config.path("peft_type").asText();
        return switch (type) {
            case "LORA" -> config.path("use_rslora").asBoolean() ? AdapterKind.RSLORA : AdapterKind.LORA;
            case "VERA" -> AdapterKind.VERA;
            default -> throw new IllegalArgumentException("'peft_type' is '" + type + "', not LORA or VERA");
        };
    }

    private static int integer(JsonNode value, String key) {
        if (!value.isInt()) {
            throw new IllegalArgumentException("'" + key + "' is " + value + ", no whole number");
        }
        return value.intValue();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(value -> texts.add(value.asText()));
        if (!array.isArray() || texts.isEmpty()) {
            throw new IllegalArgumentException("'target_modules' is " + array + ", no list of modules");
        }
        return texts;
    }

    /** PEFT takes one number for a list of one. */
    private static List<Integer> integers(JsonNode value) {
        List<Integer> integers = new ArrayList<>();
        if (value.isInt()) {
            integers.add(value.intValue());
        }
        value.forEach(layer -> integers.add(integer(layer, "layers_to_transform")));
        return integers;
    }
}
