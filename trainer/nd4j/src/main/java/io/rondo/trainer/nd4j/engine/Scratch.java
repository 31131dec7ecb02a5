package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.model.BertConfig;
import java.util.function.ToIntBiFunction;

/** Buffers of one thread that no layer needs from its forward to its backward. */
final class Scratch implements AutoCloseable {
    final Blas blas = new Blas();
    /** Rows on the heap. */
    final float[] row;

    final float[] row2;
    final float[] row3;
    final float[] wideRow;
    final float[] wideRow2;
    final float[] projectionRow;
    /** longest × longest. */
    final float[] square;

    final float[] square2;
    /** tokens × hidden. */
    final NativeFloats states;

    final NativeFloats states2;
    /** tokens × intermediate. */
    final NativeFloats wide;
    /** Gradients of the projections, tokens × (3 · hidden + columns of A·x). */
    final NativeFloats projections;
    /** Of one adapter: tokens × rank; its input, tokens × in, with dropout; its output, tokens × out, for VeRA. */
    final NativeFloats low;

    final NativeFloats adapterInput;
    final NativeFloats adapterOutput;
    /** Gradient of one head's attention weights, longest × longest. */
    final NativeFloats weights;

    Scratch(EncoderModel model, PassCapacity capacity) {
        BertConfig config = model.config;
        AdapterShape adapter = model.adapter;
        int hidden = config.hidden();
        long tokens = capacity.tokens();
        int side = Math.multiplyExact(capacity.longest(), capacity.longest());
        row = new float[hidden];
        row2 = new float[hidden];
        row3 = new float[hidden];
        wideRow = new float[config.intermediate()];
        wideRow2 = new float[config.intermediate()];
        projectionRow = new float[3 * hidden];
        square = new float[side];
        square2 = new float[side];
        states = NativeFloats.allocate(tokens * hidden);
        states2 = NativeFloats.allocate(tokens * hidden);
        wide = NativeFloats.allocate(tokens * config.intermediate());
        int fused = model.fusesAdapters ? LayerWeights.fusedColumns(adapter, adapter.lowest()) : 0;
        projections = NativeFloats.allocate(tokens * (3L * hidden + fused));
        low = NativeFloats.allocate(tokens * adapter.rank());
        adapterInput = NativeFloats.allocate(model.dropout > 0 ? tokens * widest(model, TargetModule::in) : 0);
        adapterOutput = NativeFloats.allocate(adapter.isVera() ? tokens * widest(model, TargetModule::out) : 0);
        weights = NativeFloats.allocate(side);
    }

    private static int widest(EncoderModel model, ToIntBiFunction<TargetModule, BertConfig> width) {
        return model.adapter.modules().stream()
                .mapToInt(module -> width.applyAsInt(module, model.config))
                .max()
                .orElse(0);
    }

    @Override
    public void close() {
        states.close();
        states2.close();
        wide.close();
        projections.close();
        low.close();
        adapterInput.close();
        adapterOutput.close();
        weights.close();
    }
}
