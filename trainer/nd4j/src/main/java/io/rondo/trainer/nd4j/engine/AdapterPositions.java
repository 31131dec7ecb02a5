package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.model.BertConfig;

/** Where each trainable tensor starts in one flat vector of all of them, in the order of the layout. */
final class AdapterPositions {
    private final int factor;
    private final int projections;
    private final int layers;
    private final int headLength;

    AdapterPositions(BertConfig config, AdapterShape adapter) {
        this.factor = adapter.rank() * config.hidden();
        this.projections = adapter.projections().size();
        this.layers = config.layers();
        this.headLength = HeadShape.of(config, adapter.labels()).length();
    }

    /** A of the layer's adapter of this number. */
    int down(int layer, int adapter) {
        return (layer * projections + adapter) * 2 * factor;
    }

    /** B of the layer's adapter of this number. */
    int up(int layer, int adapter) {
        return down(layer, adapter) + factor;
    }

    /** The head's first tensor; the others follow. */
    int head() {
        return layers * projections * 2 * factor;
    }

    int total() {
        return head() + headLength;
    }
}
