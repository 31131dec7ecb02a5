package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.kernel.Kernels;

/**
 * Self-attention of the last layer, of which the head reads each example's first token only: keys and values for all
 * tokens, queries and results for the first. Exactly what {@link Attention} computes for these rows.
 */
final class FirstTokenAttention implements AutoCloseable {
    private final LayerWeights weights;
    private final Scratch scratch;
    private final LowRank[] adapters;
    private final boolean bottom;
    private final int hidden;
    private final int heads;
    private final int width;
    private final int rank;
    private final float scale;
    /** As in {@link Attention}, with the columns of the query unused. */
    private final int stride;

    private final NativeFloats projections;
    private final NativeFloats attended;
    /** The layer's input, the query, its A·x and its gradients for first tokens, each examples × columns. */
    private final NativeFloats inputs;

    private final NativeFloats queries;
    private final NativeFloats queryDown;
    private final NativeFloats queryGradients;
    private final NativeFloats queryDownGradients;

    FirstTokenAttention(EncoderModel model, int layer, Scratch scratch, Capacity capacity) {
        this.weights = model.layers[layer];
        this.scratch = scratch;
        this.adapters = Attention.adapters(model, layer);
        this.bottom = layer == 0;
        this.hidden = model.config.hidden();
        this.heads = model.config.heads();
        this.width = model.config.headWidth();
        this.rank = model.adapter.rank();
        this.scale = (float) (1 / Math.sqrt(width));
        this.stride = 3 * hidden + adapters.length * rank;
        long examples = capacity.examples();
        this.projections = NativeFloats.allocate((long) capacity.tokens() * stride);
        this.attended = NativeFloats.allocate((long) capacity.tokens() * heads);
        this.inputs = NativeFloats.allocate(examples * hidden);
        this.queries = NativeFloats.allocate(examples * hidden);
        this.queryDown = NativeFloats.allocate(examples * rank);
        this.queryGradients = NativeFloats.allocate(examples * hidden);
        this.queryDownGradients = NativeFloats.allocate(examples * rank);
    }

    /** The layer's input for first tokens, as of the last forward. */
    NativeFloats inputs() {
        return inputs;
    }

    /** @param context receives the result, examples × hidden */
    void forward(Packed packed, NativeFloats input, NativeFloats context) {
        Blas blas = scratch.blas;
        int tokens = packed.tokens();
        int examples = packed.examples();
        gather(packed, input);
        blas.multiplyByTransposed(
                tokens,
                stride - hidden,
                hidden,
                1,
                input.at(0),
                hidden,
                weights.projections.at((long) hidden * hidden),
                hidden,
                0,
                projections.at(hidden),
                stride);
        blas.multiplyByTransposed(
                examples,
                hidden,
                hidden,
                1,
                inputs.at(0),
                hidden,
                weights.projections.at(0),
                hidden,
                0,
                queries.at(0),
                hidden);
        for (LowRank adapter : adapters) {
            if (adapter.block() == 0) {
                blas.multiplyByTransposed(
                        examples,
                        rank,
                        hidden,
                        1,
                        inputs.at(0),
                        hidden,
                        downWeight(adapter),
                        hidden,
                        0,
                        queryDown.at(0),
                        rank);
                adapter.forward(blas, examples, queryDown.at(0), rank, queries.at(0), hidden);
            } else {
                adapter.forward(
                        blas,
                        tokens,
                        projections.at(adapter.column()),
                        stride,
                        projections.at(adapter.block()),
                        stride);
            }
        }
        addBias(tokens, examples);
        for (int example = 0; example < examples; example++) {
            int length = packed.length(example);
            long row = (long) packed.start(example) * stride;
            for (int head = 0; head < heads; head++) {
                long column = (long) example * hidden + head * (long) width;
                int place = packed.start(example) * heads + head * length;
                blas.multiplyByTransposed(
                        1,
                        length,
                        width,
                        scale,
                        queries.at(column),
                        hidden,
                        projections.at(row + hidden + head * (long) width),
                        stride,
                        0,
                        attended.at(place),
                        length);
                attended.read(place, scratch.square, length);
                Kernels.softmax(scratch.square, 0, length);
                attended.write(place, scratch.square, length);
                blas.multiply(
                        1,
                        width,
                        length,
                        1,
                        attended.at(place),
                        length,
                        projections.at(row + 2L * hidden + head * (long) width),
                        stride,
                        0,
                        context.at(column),
                        hidden);
            }
        }
    }

    private void gather(Packed packed, NativeFloats input) {
        for (int example = 0; example < packed.examples(); example++) {
            input.read(packed.start(example) * hidden, scratch.row, hidden);
            inputs.write(example * hidden, scratch.row, hidden);
        }
    }

    private long downWeight(LowRank adapter) {
        return weights.projections.at((long) adapter.column() * hidden);
    }

    private void addBias(int tokens, int examples) {
        float[] row = scratch.projectionRow;
        for (int i = 0; i < tokens; i++) {
            projections.read(i * stride, row, row.length);
            Kernels.add(row, weights.projectionBias, row.length);
            projections.write(i * stride, row, row.length);
        }
        for (int i = 0; i < examples; i++) {
            queries.read(i * hidden, scratch.row, hidden);
            Kernels.add(scratch.row, weights.projectionBias, hidden);
            queries.write(i * hidden, scratch.row, hidden);
        }
    }

    /**
     * @param input the layer's input, as in forward
     * @param context gradient of the result, examples × hidden
     * @param first gradient of the first tokens' inputs by way of the residual; overwritten
     * @param inputGradient receives the gradient of the whole input; left as it is in the bottom layer
     * @param gradient receives those of the layer's adapters
     */
    void backward(
            Packed packed,
            NativeFloats input,
            NativeFloats context,
            NativeFloats first,
            NativeFloats inputGradient,
            NativeFloats gradient) {
        Blas blas = scratch.blas;
        NativeFloats d = scratch.projections;
        int tokens = packed.tokens();
        int examples = packed.examples();
        for (int example = 0; example < examples; example++) {
            for (int head = 0; head < heads; head++) {
                headBackward(packed, example, head, context);
            }
        }
        for (LowRank adapter : adapters) {
            if (adapter.block() == 0) {
                adapter.backward(
                        blas,
                        examples,
                        queryGradients.at(0),
                        hidden,
                        queryDown.at(0),
                        rank,
                        queryDownGradients.at(0),
                        rank,
                        inputs.at(0),
                        gradient);
            } else {
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
        }
        if (!bottom) {
            inputBackward(packed, first, inputGradient);
        }
    }

    private void headBackward(Packed packed, int example, int head, NativeFloats context) {
        Blas blas = scratch.blas;
        NativeFloats d = scratch.projections;
        int length = packed.length(example);
        int place = packed.start(example) * heads + head * length;
        long column = (long) example * hidden + head * (long) width;
        long row = (long) packed.start(example) * stride + head * (long) width;
        long key = row + hidden;
        long value = row + 2L * hidden;
        long weightGradient = scratch.weights.at(0);
        blas.multiplyByTransposed(
                1,
                length,
                width,
                1,
                context.at(column),
                hidden,
                projections.at(value),
                stride,
                0,
                weightGradient,
                length);
        blas.multiplyTransposed(
                length, width, 1, 1, attended.at(place), length, context.at(column), hidden, 0, d.at(value), stride);
        attended.read(place, scratch.square, length);
        scratch.weights.read(0, scratch.square2, length);
        Kernels.softmaxBackward(scratch.square, scratch.square2, 0, length);
        scratch.weights.write(0, scratch.square2, length);
        blas.multiply(
                1,
                width,
                length,
                scale,
                weightGradient,
                length,
                projections.at(key),
                stride,
                0,
                queryGradients.at(column),
                hidden);
        if (!bottom) {
            blas.multiplyTransposed(
                    length, width, 1, scale, weightGradient, length, queries.at(column), hidden, 0, d.at(key), stride);
        }
    }

    /** Through keys, values and their adapter for all tokens; through the query and the residual for the first. */
    private void inputBackward(Packed packed, NativeFloats first, NativeFloats inputGradient) {
        Blas blas = scratch.blas;
        NativeFloats d = scratch.projections;
        int tokens = packed.tokens();
        int examples = packed.examples();
        blas.multiply(
                tokens,
                hidden,
                2 * hidden,
                1,
                d.at(hidden),
                stride,
                weights.projections.at((long) hidden * hidden),
                hidden,
                0,
                inputGradient.at(0),
                hidden);
        blas.multiply(
                examples,
                hidden,
                hidden,
                1,
                queryGradients.at(0),
                hidden,
                weights.projections.at(0),
                hidden,
                1,
                first.at(0),
                hidden);
        for (LowRank adapter : adapters) {
            if (adapter.block() == 0) {
                blas.multiply(
                        examples,
                        hidden,
                        rank,
                        1,
                        queryDownGradients.at(0),
                        rank,
                        downWeight(adapter),
                        hidden,
                        1,
                        first.at(0),
                        hidden);
            } else {
                blas.multiply(
                        tokens,
                        hidden,
                        rank,
                        1,
                        d.at(adapter.column()),
                        stride,
                        downWeight(adapter),
                        hidden,
                        1,
                        inputGradient.at(0),
                        hidden);
            }
        }
        for (int example = 0; example < examples; example++) {
            int row = packed.start(example) * hidden;
            inputGradient.read(row, scratch.row, hidden);
            first.read(example * hidden, scratch.row2, hidden);
            Kernels.add(scratch.row, scratch.row2, hidden);
            inputGradient.write(row, scratch.row, hidden);
        }
    }

    @Override
    public void close() {
        projections.close();
        attended.close();
        inputs.close();
        queries.close();
        queryDown.close();
        queryGradients.close();
        queryDownGradients.close();
    }
}
