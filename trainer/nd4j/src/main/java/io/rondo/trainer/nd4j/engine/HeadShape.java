package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.EncoderFamily;
import java.util.List;

/**
 * A classification head as {@code transformers} makes it: one linear layer for a BERT; a dense layer, tanh and a linear
 * layer for a RoBERTa.
 *
 * @param family whose head it is
 * @param hidden width of a feature
 * @param labels outputs
 */
record HeadShape(EncoderFamily family, int hidden, int labels) {
    private static final String CLASSIFIER = AdapterShape.PREFIX + "classifier.";

    static HeadShape of(BertConfig config, int labels) {
        return new HeadShape(config.family(), config.hidden(), labels);
    }

    /** The trained tensors, in the order in which their values lie end to end. */
    List<TensorShape> layout() {
        if (family == EncoderFamily.BERT) {
            return List.of(
                    tensor("weight", labels, hidden), //
                    tensor("bias", labels));
        }
        return List.of(
                tensor("dense.weight", hidden, hidden),
                tensor("dense.bias", hidden),
                tensor("out_proj.weight", labels, hidden),
                tensor("out_proj.bias", labels));
    }

    private static TensorShape tensor(String name, int... shape) {
        return new TensorShape(CLASSIFIER + name, TensorRole.HEAD, shape);
    }

    /** Where the last linear layer starts among the values. */
    int output() {
        return family == EncoderFamily.BERT ? 0 : hidden * (hidden + 1);
    }

    int length() {
        return output() + labels * (hidden + 1);
    }
}
