package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.kernel.Kernels;

/**
 * Self-attention of one layer for all tokens: projections with their adapters, and for each example and head softmax of
 * query·key over the example's tokens, times value. Keeps what its backward needs.
 */
final class Attention implements AutoCloseable {
    private final LayerWeights weights;
    private final Scratch scratch;
    private final LowRank[] adapters;
    private final boolean bottom;
    private final int hidden;
    private final int heads;
    private final int width;
    private final float scale;
    /** Length of a row of projections: query, key, value, then A·x of each adapter. */
    private final int stride;

    private final NativeFloats projections;
    /** Attention weights after softmax: example by example, head by head, query × key. */
    private final NativeFloats attended;

    Attention(EncoderModel model, int layer, Scratch scratch, Capacity capacity) {
        this.weights = model.layers[layer];
        this.scratch = scratch;
        this.adapters = adapters(model, layer);
        this.bottom = layer == 0;
        this.hidden = model.config.hidden();
        this.heads = model.config.heads();
        this.width = model.config.headWidth();
        this.scale = (float) (1 / Math.sqrt(width));
        this.stride = 3 * hidden + adapters.length * model.adapter.rank();
        this.projections = NativeFloats.allocate((long) capacity.tokens() * stride);
        this.attended = NativeFloats.allocate(capacity.attention(heads));
    }

    static LowRank[] adapters(EncoderModel model, int layer) {
        LowRank[] adapters = new LowRank[model.adapter.projections().size()];
        for (int i = 0; i < adapters.length; i++) {
            adapters[i] = new LowRank(model, layer, i);
        }
        return adapters;
    }

    /** @param context receives the result, tokens × hidden */
    void forward(Packed packed, NativeFloats input, NativeFloats context) {
        Blas blas = scratch.blas;
        int tokens = packed.tokens();
        blas.multiplyByTransposed(
                tokens,
                stride,
                hidden,
                1,
                input.at(0),
                hidden,
                weights.projections.at(0),
                hidden,
                0,
                projections.at(0),
                stride);
        for (LowRank adapter : adapters) {
            adapter.forward(
                    blas, tokens, projections.at(adapter.column()), stride, projections.at(adapter.block()), stride);
        }
        addBias(tokens);
        int place = 0;
        for (int example = 0; example < packed.examples(); example++) {
            int length = packed.length(example);
            long row = (long) packed.start(example) * stride;
            long out = (long) packed.start(example) * hidden;
            for (int head = 0; head < heads; head++) {
                long query = projections.at(row + head * (long) width);
                long key = projections.at(row + hidden + head * (long) width);
                long value = projections.at(row + 2L * hidden + head * (long) width);
                long weight = attended.at(place);
                blas.multiplyByTransposed(length, length, width, scale, query, stride, key, stride, 0, weight, length);
                softmax(place, length);
                blas.multiply(
                        length,
                        width,
                        length,
                        1,
                        weight,
                        length,
                        value,
                        stride,
                        0,
                        context.at(out + head * (long) width),
                        hidden);
                place += length * length;
            }
        }
    }

    private void addBias(int tokens) {
        float[] row = scratch.projectionRow;
        for (int i = 0; i < tokens; i++) {
            projections.read(i * stride, row, row.length);
            Kernels.add(row, weights.projectionBias, row.length);
            projections.write(i * stride, row, row.length);
        }
    }

    private void softmax(int place, int length) {
        float[] square = scratch.square;
        attended.read(place, square, length * length);
        for (int i = 0; i < length; i++) {
            Kernels.softmax(square, i * length, length);
        }
        attended.write(place, square, length * length);
    }

    /**
     * @param input the layer's input, as in forward
     * @param context gradient of the result
     * @param inputGradient what reached the input already, to which this adds; left as it is in the bottom layer, below
     *     which nothing is trained
     * @param gradient receives those of the layer's adapters
     */
    void backward(
            Packed packed,
            NativeFloats input,
            NativeFloats context,
            NativeFloats inputGradient,
            NativeFloats gradient) {
        Blas blas = scratch.blas;
        NativeFloats d = scratch.projections;
        int place = 0;
        for (int example = 0; example < packed.examples(); example++) {
            long row = (long) packed.start(example) * stride;
            long out = (long) packed.start(example) * hidden;
            for (int head = 0; head < heads; head++) {
                long column = row + head * (long) width;
                headBackward(packed.length(example), place, column, context.at(out + head * (long) width));
                place += packed.length(example) * packed.length(example);
            }
        }
        int tokens = packed.tokens();
        for (LowRank adapter : adapters) {
            adapter.backward(
                    blas,
                    tokens,
                    d.at(adapter.block()),
                    stride,
                    projections.at(adapter.column()),
                    stride,
                    d.at(adapter.column()),
                    stride,
                    input.at(0),
                    gradient);
        }
        if (!bottom) {
            blas.multiply(
                    tokens,
                    hidden,
                    stride,
                    1,
                    d.at(0),
                    stride,
                    weights.projections.at(0),
                    hidden,
                    1,
                    inputGradient.at(0),
                    hidden);
        }
    }

    /** Gradients of one head's query, key and value for one example. In the bottom layer nobody asks for the key's. */
    private void headBackward(int length, int place, long column, long context) {
        Blas blas = scratch.blas;
        NativeFloats d = scratch.projections;
        long weight = attended.at(place);
        long weightGradient = scratch.weights.at(0);
        long value = projections.at(column + 2L * hidden);
        blas.multiplyByTransposed(length, length, width, 1, context, hidden, value, stride, 0, weightGradient, length);
        blas.multiplyTransposed(
                length, width, length, 1, weight, length, context, hidden, 0, d.at(column + 2L * hidden), stride);
        softmaxBackward(place, length);
        blas.multiply(
                length,
                width,
                length,
                scale,
                weightGradient,
                length,
                projections.at(column + hidden),
                stride,
                0,
                d.at(column),
                stride);
        if (!bottom) {
            blas.multiplyTransposed(
                    length,
                    width,
                    length,
                    scale,
                    weightGradient,
                    length,
                    projections.at(column),
                    stride,
                    0,
                    d.at(column + hidden),
                    stride);
        }
    }

    private void softmaxBackward(int place, int length) {
        int count = length * length;
        attended.read(place, scratch.square, count);
        scratch.weights.read(0, scratch.square2, count);
        for (int i = 0; i < length; i++) {
            Kernels.softmaxBackward(scratch.square, scratch.square2, i * length, length);
        }
        scratch.weights.write(0, scratch.square2, count);
    }

    @Override
    public void close() {
        projections.close();
        attended.close();
    }
}
