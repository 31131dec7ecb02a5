package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.trainer.nd4j.model.BertConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * What is trained: low-rank factors on projections, and a linear head on the first token's last state.
 *
 * @param rank rank of the factors
 * @param scaling the factor before B·A
 * @param projections the adapted projections, each once, in the order of {@link Projection}
 * @param labels outputs of the head
 */
public record AdapterShape(int rank, float scaling, List<Projection> projections, int labels) {
    private static final String PREFIX = "base_model.model.";
    /** PEFT's names of the head's tensors. */
    public static final String HEAD_WEIGHT = PREFIX + "classifier.weight";

    public static final String HEAD_BIAS = PREFIX + "classifier.bias";

    public AdapterShape {
        projections = projections.stream().distinct().sorted().toList();
    }

    /** The trainable tensors: layer by layer A and B of each projection, then the head's weight and bias. */
    public List<TensorShape> layout(BertConfig config) {
        List<TensorShape> layout = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Projection projection : projections) {
                String module = PREFIX + "encoder.layer." + layer + ".attention.self." + projection.id() + ".lora_";
                layout.add(new TensorShape(module + "A.weight", TensorRole.LORA_A, rank, config.hidden()));
                layout.add(new TensorShape(module + "B.weight", TensorRole.LORA_B, config.hidden(), rank));
            }
        }
        layout.add(new TensorShape(HEAD_WEIGHT, TensorRole.HEAD, labels, config.hidden()));
        layout.add(new TensorShape(HEAD_BIAS, TensorRole.HEAD, labels));
        return layout;
    }
}
