package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.trainer.nd4j.model.BertConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * What is trained: low-rank factors on projections, and a head on the first token's last state.
 *
 * @param rank rank of the factors
 * @param scaling the factor before B·A
 * @param projections the adapted projections, each once, in the order of {@link Projection}
 * @param labels outputs of the head
 */
public record AdapterShape(int rank, float scaling, List<Projection> projections, int labels) {
    /** PEFT's name of the model that it wraps. */
    static final String PREFIX = "base_model.model.";

    public AdapterShape {
        projections = projections.stream().distinct().sorted().toList();
    }

    /** The trainable tensors by PEFT's names: layer by layer A and B of each projection, then the head's. */
    public List<TensorShape> layout(BertConfig config) {
        List<TensorShape> layout = new ArrayList<>();
        String encoder = PREFIX + config.family().prefix() + "encoder.layer.";
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Projection projection : projections) {
                String module = encoder + layer + ".attention.self." + projection.id() + ".lora_";
                layout.add(new TensorShape(module + "A.weight", TensorRole.LORA_A, rank, config.hidden()));
                layout.add(new TensorShape(module + "B.weight", TensorRole.LORA_B, config.hidden(), rank));
            }
        }
        layout.addAll(HeadShape.of(config, labels).layout());
        return layout;
    }
}
