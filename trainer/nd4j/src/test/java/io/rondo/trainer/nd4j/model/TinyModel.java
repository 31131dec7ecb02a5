package io.rondo.trainer.nd4j.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** A small encoder with random weights, as a model directory and as arrays. */
public final class TinyModel {
    private final BertConfig config;
    private final Map<String, float[]> weights = new HashMap<>();

    public TinyModel(BertConfig config, long seed) {
        this.config = config;
        Random random = new Random(seed);
        for (SafeTensorsWriter.Header tensor : BertTensors.headers(config)) {
            boolean scale = tensor.name().endsWith("LayerNorm.weight");
            float[] values = new float[(int) tensor.bytes() / Float.BYTES];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((scale ? 1 : 0) + 0.2 * random.nextGaussian());
            }
            weights.put(tensor.name(), values);
        }
    }

    public BertConfig config() {
        return config;
    }

    public float[] weight(String name) {
        return weights.get(name);
    }

    public ModelDirectory write(Path directory) throws IOException {
        Files.writeString(directory.resolve(ModelDirectory.CONFIG), config.json());
        SafeTensorsWriter.write(directory.resolve(ModelDirectory.WEIGHTS), BertTensors.headers(config), weights::get);
        return ModelDirectory.open(directory);
    }
}
