package io.rondo.schemas.adapter;

import java.util.ArrayList;
import java.util.List;

/** Small layouts for tests. */
public final class Layouts {
    private Layouts() {}

    /** Two modules of rank 2 on width 6, and a head of 3 classes. */
    public static AdapterLayout small() {
        return new AdapterLayout(List.of(
                new TensorShape("layer.0.query.lora_A.weight", TensorRole.LORA_A, 2, 6),
                new TensorShape("layer.0.query.lora_B.weight", TensorRole.LORA_B, 6, 2),
                new TensorShape("layer.0.value.lora_A.weight", TensorRole.LORA_A, 2, 6),
                new TensorShape("layer.0.value.lora_B.weight", TensorRole.LORA_B, 6, 2),
                new TensorShape("classifier.weight", TensorRole.HEAD, 3, 6),
                new TensorShape("classifier.bias", TensorRole.HEAD, 3)));
    }

    /** LoRA of a rank on query and value of an encoder, without a head. */
    public static AdapterLayout encoder(int layers, int hidden, int rank) {
        List<TensorShape> tensors = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            for (String module : List.of("query", "value")) {
                String name = "base_model.model.encoder.layer." + layer + ".attention.self." + module;
                tensors.add(new TensorShape(name + ".lora_A.weight", TensorRole.LORA_A, rank, hidden));
                tensors.add(new TensorShape(name + ".lora_B.weight", TensorRole.LORA_B, hidden, rank));
            }
        }
        return new AdapterLayout(tensors);
    }
}
