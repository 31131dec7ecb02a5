package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/**
 * The weights of one layer. The three projections and the A of every adapter lie in one matrix, so that one product
 * computes them all; the other frozen matrices stay in the mapped file, which processes on one machine share.
 */
final class LayerWeights {
    /** {@code [Wq; Wk; Wv; A of each adapter]}, (3 · hidden + adapters · rank) × hidden. */
    final NativeFloats projections;

    final float[] projectionBias;
    /** B of each adapter, hidden × rank. */
    final NativeFloats[] up;

    final NativeFloats attentionOutput;
    final float[] attentionOutputBias;
    final float[] attentionNormWeight;
    final float[] attentionNormBias;
    final NativeFloats intermediate;
    final float[] intermediateBias;
    final NativeFloats output;
    final float[] outputBias;
    final float[] outputNormWeight;
    final float[] outputNormBias;

    LayerWeights(ModelDirectory model, int layer, AdapterShape adapter) {
        BertConfig config = model.config();
        int hidden = config.hidden();
        int wide = config.intermediate();
        int adapters = adapter.projections().size();

        projections = NativeFloats.allocate((3L * hidden + (long) adapters * adapter.rank()) * hidden);
        projectionBias = new float[3 * hidden];
        String[] modules = {"attention.self.query", "attention.self.key", "attention.self.value"};
        for (int i = 0; i < modules.length; i++) {
            projections.write(i * hidden * hidden, model.layerWeight(layer, modules[i], hidden, hidden));
            model.layerBias(layer, modules[i], hidden).get(0, projectionBias, i * hidden, hidden);
        }
        up = IntStream.range(0, adapters)
                .mapToObj(i -> NativeFloats.allocate((long) hidden * adapter.rank()))
                .toArray(NativeFloats[]::new);

        attentionOutput = NativeFloats.of(model.layerWeight(layer, "attention.output.dense", hidden, hidden));
        attentionOutputBias = array(model.layerBias(layer, "attention.output.dense", hidden));
        attentionNormWeight = array(model.layerWeight(layer, "attention.output.LayerNorm", hidden));
        attentionNormBias = array(model.layerBias(layer, "attention.output.LayerNorm", hidden));
        intermediate = NativeFloats.of(model.layerWeight(layer, "intermediate.dense", wide, hidden));
        intermediateBias = array(model.layerBias(layer, "intermediate.dense", wide));
        output = NativeFloats.of(model.layerWeight(layer, "output.dense", hidden, wide));
        outputBias = array(model.layerBias(layer, "output.dense", hidden));
        outputNormWeight = array(model.layerWeight(layer, "output.LayerNorm", hidden));
        outputNormBias = array(model.layerBias(layer, "output.LayerNorm", hidden));
    }

    static float[] array(FloatBuffer values) {
        float[] array = new float[values.limit()];
        values.get(0, array);
        return array;
    }

    void close() {
        projections.close();
        for (NativeFloats factor : up) {
            factor.close();
        }
    }
}
