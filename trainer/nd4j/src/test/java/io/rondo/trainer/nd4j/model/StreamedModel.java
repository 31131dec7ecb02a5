package io.rondo.trainer.nd4j.model;

import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model directory of any size with weights that are made while they are written. */
public final class StreamedModel {
    private StreamedModel() {}

    public static ModelDirectory write(BertConfig config, Path directory) throws IOException {
        Files.writeString(directory.resolve(ModelDirectory.CONFIG), config.json());
        SafeTensorsWriter.write(
                directory.resolve(WeightFiles.SINGLE), BertTensors.headers(config), (name, from, out, count) -> {
                    float middle = name.endsWith("LayerNorm.weight") ? 1 : 0;
                    long state = name.hashCode() + from;
                    for (int i = 0; i < count; i++) {
                        state = state * 6364136223846793005L + 1442695040888963407L;
                        out[i] = middle + 0.02f * ((state >> 40) / (float) (1 << 23));
                    }
                });
        return ModelDirectory.open(directory);
    }
}
