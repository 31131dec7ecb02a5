package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The weights of one layer. The three projections and the A of their LoRA adapters lie in one matrix, so that one product
 * computes them all; the other frozen matrices stay in the mapped file, which processes on one machine share.
 */
final class LayerWeights {
    /** {@code [Wq; Wk; Wv; A of each LoRA adapter on them]}, columns of all × hidden. */
    final NativeFloats projections;

    final float[] projectionBias;
    /** In the order of the layout; none if the layer carries no adapters. */
    final List<AdapterWeights> adapters = new ArrayList<>();

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

    private final List<NativeFloats> owned = new ArrayList<>();

    /** @param position where the layer's adapters start in the flat vector of all parameters */
    LayerWeights(ModelDirectory model, int layer, AdapterShape adapter, int position) {
        BertConfig config = model.config();
        int hidden = config.hidden();
        int wide = config.intermediate();

        projections = owned(NativeFloats.allocate((3L * hidden + fusedColumns(adapter, layer)) * hidden));
        projectionBias = new float[3 * hidden];
        TargetModule[] modules = {TargetModule.QUERY, TargetModule.KEY, TargetModule.VALUE};
        for (int i = 0; i < modules.length; i++) {
            String path = modules[i].path();
            projections.write(i * hidden * hidden, model.layerWeight(layer, path, hidden, hidden));
            model.layerBias(layer, path, hidden).get(0, projectionBias, i * hidden, hidden);
        }
        if (adapter.adapts(layer)) {
            addAdapters(config, layer, adapter, position);
        }

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

    /** Columns of A·x beside those of the projections, where one product computes them all. */
    static int fusedColumns(AdapterShape adapter, int layer) {
        if (adapter.isVera() || !adapter.adapts(layer)) {
            return 0;
        }
        return adapter.rank()
                * (int) adapter.modules().stream()
                        .filter(TargetModule::isProjection)
                        .count();
    }

    private void addAdapters(BertConfig config, int layer, AdapterShape adapter, int start) {
        int position = start;
        int row = 3 * config.hidden();
        for (TargetModule module : adapter.modules()) {
            boolean fused = module.isProjection() && !adapter.isVera();
            var downShape = adapter.down(config, layer, module);
            var upShape = adapter.up(config, layer, module);
            Parameter down = fused
                    ? new Parameter(downShape, projections, row * config.hidden(), position)
                    : new Parameter(downShape, owned(NativeFloats.allocate(downShape.size())), 0, position);
            position += downShape.size();
            Parameter up = new Parameter(upShape, owned(NativeFloats.allocate(upShape.size())), 0, position);
            position += upShape.size();
            adapters.add(new AdapterWeights(layer, module, module.in(config), module.out(config), down, up));
            row += fused ? adapter.rank() : 0;
        }
    }

    Optional<AdapterWeights> adapter(TargetModule module) {
        return adapters.stream().filter(weights -> weights.module() == module).findFirst();
    }

    private NativeFloats owned(NativeFloats memory) {
        owned.add(memory);
        return memory;
    }

    static float[] array(FloatBuffer values) {
        float[] array = new float[values.limit()];
        values.get(0, array);
        return array;
    }

    void close() {
        owned.forEach(NativeFloats::close);
    }
}
