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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /** Keys that are read here, or that change nothing of what the adapter's tensors compute. */
    private static final Set<String> NEUTRAL = Set.of(
            "peft_type",
            "peft_version",
            "task_type",
            "auto_mapping",
            "base_model_name_or_path",
            "revision",
            "inference_mode",
            "r",
            "lora_alpha",
            "use_rslora",
            "target_modules",
            "exclude_modules",
            "layers_to_transform",
            "modules_to_save",
            // of training
            "lora_dropout",
            "vera_dropout",
            "runtime_config",
            "ensure_weight_tying",
            // of how values begin, where 'init_lora_weights' leaves the base model as it is
            "d_initial",
            "init_weights",
            "loftq_config",
            "eva_config",
            "corda_config",
            "lora_ga_config",
            // the projections are compared
            "projection_prng_key",
            "save_projection",
            // of what is switched off by another key
            "megatron_core",
            "qalora_group_size");

    /** Keys that are neutral with some values. The other ways to begin take something away from the base model. */
    private static final Map<String, Set<String>> WITH_VALUES = Map.of(
            "bias",
            Set.of("\"none\""),
            "layers_pattern",
            Set.of("\"layer\"", "[\"layer\"]", "\"\""),
            "init_lora_weights",
            Set.of("true", "\"gaussian\"", "\"eva\"", "\"orthogonal\""));

    /** The module and the layer of an adapter's tensor, in an encoder of BERT's kind with or without its name. */
    private static final Pattern FACTOR = Pattern.compile(
            "base_model\\.model\\.(?:[^.]+\\.)?encoder\\.layer\\.(\\d{1,6})\\.(.+)\\.(?:lora_A\\.weight|vera_lambda_d)");

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

    /**
     * Reads a configuration.
     *
     * @param tensors names of the adapter's tensors, which tell what a pattern of modules matches
     * @throws IllegalArgumentException naming the key that is missing or asks for what Rondo does not have
     */
    static PeftConfig of(JsonNode config, Supplier<Set<String>> tensors) {
        AdapterKind kind = kind(config);
        config.properties().forEach(entry -> requireNeutral(entry.getKey(), entry.getValue()));
        JsonNode targets = config.path("target_modules");
        Map<String, Set<Integer>> modules =
                targets.isTextual() || !config.path("exclude_modules").isEmpty() ? modules(tensors.get()) : Map.of();
        requireNoneExcluded(config.path("exclude_modules"), modules.keySet());
        List<Integer> layers = integers(config.path("layers_to_transform"));
        return new PeftConfig(
                kind,
                integer(config.path("r"), "r"),
                kind == AdapterKind.VERA ? 1 : number(config.path("lora_alpha"), "lora_alpha"),
                targets.isTextual() ? matched(targets, modules) : texts(targets),
                targets.isTextual() && layers.isEmpty() ? layers(modules) : layers,
                !config.path("modules_to_save").isEmpty(),
                Optional.ofNullable(config.path("task_type").textValue()),
                config.path("base_model_name_or_path").asText());
    }

    private static void requireNeutral(String key, JsonNode value) {
        boolean isOff = value.isNull()
                || (value.isBoolean() && !value.asBoolean())
                || (value.isContainerNode() && value.isEmpty());
        if (!isOff
                && !NEUTRAL.contains(key)
                && !WITH_VALUES.getOrDefault(key, Set.of()).contains(value.toString())) {
            throw new IllegalArgumentException("'" + key + "' is " + value + ", which changes what the adapter computes"
                    + " in a way that Rondo does not have");
        }
    }

    /** The layers of each adapted module, by the module's place in its layer. */
    private static Map<String, Set<Integer>> modules(Set<String> tensors) {
        Map<String, Set<Integer>> modules = new TreeMap<>();
        for (String tensor : tensors) {
            Matcher factor = FACTOR.matcher(tensor);
            if (factor.matches()) {
                modules.computeIfAbsent(factor.group(2), module -> new TreeSet<>())
                        .add(Integer.valueOf(factor.group(1)));
            }
        }
        return modules;
    }

    /** PEFT takes a text for a pattern of whole names; what it matched has tensors. */
    private static List<String> matched(JsonNode pattern, Map<String, Set<Integer>> modules) {
        if (modules.isEmpty()) {
            throw new IllegalArgumentException(
                    "'target_modules' is " + pattern + ", and no tensor is one of an encoder's layer");
        }
        if (Set.copyOf(modules.values()).size() > 1) {
            throw new IllegalArgumentException("'target_modules' is " + pattern
                    + ", which adapts other modules in one layer than in another: " + modules);
        }
        return List.copyOf(modules.keySet());
    }

    private static List<Integer> layers(Map<String, Set<Integer>> modules) {
        return List.copyOf(modules.values().iterator().next());
    }

    private static void requireNoneExcluded(JsonNode excluded, Set<String> modules) {
        if (excluded.isTextual() && !excluded.asText().isEmpty()) {
            throw new IllegalArgumentException("'exclude_modules' is " + excluded + ", no list of modules");
        }
        for (JsonNode end : excluded) {
            modules.stream()
                    .filter(module -> ("." + module).endsWith("." + end.asText()))
                    .findFirst()
                    .ifPresent(module -> {
                        throw new IllegalArgumentException(
                                "'exclude_modules' has " + end + ", and the adapter has tensors of " + module);
                    });
        }
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
            throw new IllegalArgumentException("'" + key + "' is " + shown(value, "no whole number"));
        }
        return value.intValue();
    }

    /** There is no default: versions of PEFT and other writers need not have the same one. */
    private static double number(JsonNode value, String key) {
        if (!value.isNumber()) {
            throw new IllegalArgumentException("'" + key + "' is " + shown(value, "no number"));
        }
        return value.doubleValue();
    }

    private static String shown(JsonNode value, String fault) {
        return value.isMissingNode() ? "not there" : value + ", " + fault;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(value -> texts.add(value.asText()));
        if (!array.isArray() || texts.isEmpty()) {
            throw new IllegalArgumentException("'target_modules' is " + shown(array, "no list of modules"));
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
