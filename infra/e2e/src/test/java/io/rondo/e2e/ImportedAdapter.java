package io.rondo.e2e;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.cli.job.JobFile;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.adapter.VeraProjections;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.nd4j.Nd4jTrainerFactory;
import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/** A PEFT adapter with random values on one of the small models, in a form that people have it. */
final class ImportedAdapter {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int HIDDEN = 32;
    private static final int SEED = 7;

    private final Path models;
    private final String family;
    private final String kind;
    private final String form;
    private final Map<String, Tensor> values = new LinkedHashMap<>();
    private Path base;

    ImportedAdapter(Path models, String family, String kind, String form) {
        this.models = models;
        this.family = family;
        this.kind = kind;
        this.form = form;
        this.base = models.resolve(family);
    }

    /** The job's settings that the adapter does not know. */
    List<String> settings() {
        return List.of(
                "model=" + base,
                "method=fedit",
                "head=shared",
                "max-length=16",
                "seed=" + SEED,
                "partitions=2",
                isReordered() ? "labels=[\"a\", \"b\", \"c\"]" : "labels=[\"0\", \"1\", \"2\"]",
                "min-trainers=1",
                "quorum=1");
    }

    private boolean isReordered() {
        return form.equals("other-order-of-labels");
    }

    /** Writes the adapter, and its base model where that is not one of the small ones as it is. */
    void write(Path directory, Path ownBase) throws IOException {
        if (isReordered()) {
            copyBase(ownBase);
        }
        Random random = new Random(5);
        for (TensorShape shape : layout()) {
            float[] numbers = new float[shape.size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) (0.4 * random.nextGaussian());
            }
            if (shape.role() != TensorRole.HEAD || hasHead()) {
                values.put(shape.name(), new Tensor(shape.name(), shape.shape(), numbers));
            }
        }
        write(directory, form.equals("of-an-encoder") ? name -> name.replace("." + family + ".", ".") : name -> name);
    }

    /** The same as PEFT reads it with a classifier: it looks for an encoder's adapter in an encoder alone. */
    void writeForPeft(Path directory) throws IOException {
        write(directory, name -> name);
    }

    private void write(Path directory, UnaryOperator<String> stored) throws IOException {
        Map<String, Tensor> named = new LinkedHashMap<>();
        values.values().forEach(tensor -> named.put(stored.apply(tensor.name()), tensor));
        if (kind.equals("vera")) {
            named.put(VeraProjections.A, VeraProjections.a(SEED, rank(), HIDDEN));
            named.put(VeraProjections.B, VeraProjections.b(SEED, HIDDEN, rank()));
        }
        List<SafeTensorsWriter.Header> headers = new ArrayList<>();
        named.forEach((name, tensor) -> headers.add(new SafeTensorsWriter.Header(
                name, Arrays.stream(tensor.shape()).boxed().toList())));
        SafeTensorsWriter.write(directory.resolve("adapter_model.safetensors"), headers, name -> named.get(name)
                .values());
        Files.writeString(directory.resolve("adapter_config.json"), config().toPrettyString());
    }

    private ObjectNode config() {
        ObjectNode config = JSON.createObjectNode()
                .put("peft_type", kind.equals("vera") ? "VERA" : "LORA")
                // with a class PEFT looks for its head
                .put("task_type", hasHead() ? "SEQ_CLS" : null)
                .put("base_model_name_or_path", base.toString())
                .put("r", rank())
                .put("bias", "none");
        if (kind.equals("vera")) {
            config.put("save_projection", true).put("projection_prng_key", 0);
        } else {
            config.put("lora_alpha", alpha()).put("use_rslora", kind.equals("rslora"));
            config.put("lora_dropout", 0.1).put("init_lora_weights", true);
        }
        switch (form) {
            case "pattern-of-modules" -> config.put("target_modules", ".*attention\\.self\\.(query|value)");
            case "modules-by-path" ->
                config.putArray("target_modules").add("attention.self.query").add("self.value");
            default -> config.putArray("target_modules").add("query").add("value");
        }
        if (form.equals("lower-layer")) {
            config.putArray("layers_to_transform").add(0);
            config.put("layers_pattern", "layer");
        }
        if (hasHead()) {
            config.putArray("modules_to_save").add("classifier").add("score");
        }
        return config;
    }

    /** What round 0 must hold. */
    Map<String, Tensor> expected() {
        Map<String, Tensor> expected = new LinkedHashMap<>(values);
        if (isReordered()) {
            // the outputs are b, c, a
            expected.replaceAll((name, tensor) -> name.contains("classifier") ? rows(tensor, 2, 0, 1) : tensor);
        }
        return expected;
    }

    private static Tensor rows(Tensor tensor, int... sources) {
        int width = tensor.size() / sources.length;
        float[] rows = new float[tensor.size()];
        for (int row = 0; row < sources.length; row++) {
            System.arraycopy(tensor.values(), sources[row] * width, rows, row * width, width);
        }
        return new Tensor(tensor.name(), tensor.shape(), rows);
    }

    private List<TensorShape> layout() {
        List<String> settings = new ArrayList<>(settings());
        settings.addAll(List.of("name=layout", "adapter=" + kind, "rank=" + rank()));
        if (form.equals("lower-layer")) {
            settings.add("layers-to-transform=[0]");
        }
        JobSpec spec = JobFile.of(settings);
        return new Nd4jTrainerFactory().describe(ModelSettings.of(spec, base));
    }

    private boolean hasHead() {
        return !form.equals("without-a-head") && !form.equals("of-an-encoder");
    }

    private int rank() {
        return 4;
    }

    private double alpha() {
        return form.equals("fraction-of-alpha") ? 2.5 : 8;
    }

    private void copyBase(Path target) throws IOException {
        Files.createDirectories(target);
        for (String file : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(base.resolve(file), target.resolve(file));
        }
        ObjectNode config =
                (ObjectNode) JSON.readTree(base.resolve("config.json").toFile());
        config.putObject("id2label").put("0", "b").put("1", "c").put("2", "a");
        config.putObject("label2id").put("b", 0).put("c", 1).put("a", 2);
        Files.writeString(target.resolve("config.json"), config.toString());
        base = target;
    }
}
