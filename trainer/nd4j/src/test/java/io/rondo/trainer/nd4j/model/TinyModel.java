package io.rondo.trainer.nd4j.model;

import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A small encoder with random weights and a pooler, as a model directory and as arrays. */
public final class TinyModel {
    private final BertConfig config;
    private final Map<String, float[]> weights = new HashMap<>();

    public TinyModel(BertConfig config, long seed) {
        this.config = config;
        Random random = new Random(seed);
        for (SafeTensorsWriter.Header tensor : headers()) {
            boolean scale = tensor.name().endsWith("LayerNorm.weight");
            float[] values = new float[(int) tensor.elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((scale ? 1 : 0) + 0.2 * random.nextGaussian());
            }
            weights.put(tensor.name(), values);
        }
    }

    private List<SafeTensorsWriter.Header> headers() {
        return Stream.concat(BertTensors.headers(config).stream(), BertTensors.poolerHeaders(config).stream())
                .toList();
    }

    /** The same encoder, read without a layer before the head. */
    public TinyModel withoutPooler() {
        BertTensors.poolerHeaders(config).forEach(tensor -> weights.remove(tensor.name()));
        return this;
    }

    public boolean hasPooler() {
        return weights.containsKey("pooler.dense.weight");
    }

    public BertConfig config() {
        return config;
    }

    public float[] weight(String name) {
        return weights.get(name);
    }

    public ModelDirectory write(Path directory) throws IOException {
        Files.writeString(directory.resolve(ModelDirectory.CONFIG), config.json());
        List<SafeTensorsWriter.Header> tensors = headers().stream()
                .filter(tensor -> weights.containsKey(tensor.name()))
                .toList();
        SafeTensorsWriter.write(directory.resolve(WeightFiles.SINGLE), tensors, weights::get);
        return ModelDirectory.open(directory);
    }
}
