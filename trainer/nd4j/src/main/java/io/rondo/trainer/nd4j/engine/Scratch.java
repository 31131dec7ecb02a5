package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.model.BertConfig;

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
    /** Gradients of the projections, tokens × (3 · hidden + adapters · rank). */
    final NativeFloats projections;
    /** Gradient of one head's attention weights, longest × longest. */
    final NativeFloats weights;

    Scratch(BertConfig config, AdapterShape adapter, Capacity capacity) {
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
        projections = NativeFloats.allocate(
                tokens * (3L * hidden + (long) adapter.projections().size() * adapter.rank()));
        weights = NativeFloats.allocate(side);
    }

    @Override
    public void close() {
        states.close();
        states2.close();
        wide.close();
        projections.close();
        weights.close();
    }
}
