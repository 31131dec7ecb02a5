package io.rondo.trainer.nd4j.model;

import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** A model directory with random weights, to measure with: the time of a step does not depend on the weights. */
public final class RandomModel {
    /** The spread of BERT's own initial weights. */
    private static final double SPREAD = 0.02;

    private RandomModel() {}

    /**
     * Writes a model without a tokenizer.
     *
     * @param directory an empty one
     */
    public static ModelDirectory write(Path directory, BertConfig config) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        Files.writeString(directory.resolve(ModelDirectory.CONFIG), config.json());
        SafeTensorsWriter.write(
                directory.resolve(WeightFiles.SINGLE),
                BertTensors.headers(config),
                name -> values(name, config, random));
        return ModelDirectory.open(directory);
    }

    private static float[] values(String name, BertConfig config, SplittableRandom random) {
        long elements = BertTensors.headers(config).stream()
                .filter(header -> header.name().equals(name))
                .findFirst()
                .orElseThrow()
                .elements();
        float[] values = new float[Math.toIntExact(elements)];
        double center = name.endsWith("LayerNorm.weight") ? 1 : 0;
        for (int i = 0; i < values.length; i++) {
            // uniform, with that spread
            values[i] = (float) (center + (random.nextDouble() - 0.5) * SPREAD * Math.sqrt(12));
        }
        return values;
    }
}
