package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Self-attention of one layer for all tokens: projections with their adapters, and for each example and head softmax of
 * query·key over the example's tokens, times value. Keeps what its backward needs.
 */
final class Attention {
    private final LayerWeights weights;
    private final Scratch scratch;
    private final List<ProjectionAdapter> adapters = new ArrayList<>();
    /** Whether nothing is trained below, so that nobody asks for the gradient of the input. */
    private final boolean bottom;

    private final boolean queriesTrain;
    private final boolean keysTrain;
    private final int hidden;
    private final int heads;
    private final int width;
    private final float scale;
    /** Length of a row of projections: query, key, value, then A·x of each fused adapter. */
    private final int stride;

    private final NativeFloats projections;
    /** Attention weights after softmax: example by example, head by head, query × key. */
    private final NativeFloats attended;

    Attention(EncoderModel model, int layer, Scratch scratch, LayerBuffers buffers, PassCapacity capacity) {
        this.weights = model.layers[layer];
        this.scratch = scratch;
        this.bottom = layer == model.adapter.lowest();
        this.hidden = model.config.hidden();
        this.heads = model.config.heads();
        this.width = model.config.headWidth();
        this.scale = (float) (1 / Math.sqrt(width));
        this.stride = 3 * hidden + (model.fusesAdapters ? LayerWeights.fusedColumns(model.adapter, layer) : 0);
        // layers without adapters have shorter rows than the others, and may share buffers with them
        this.projections = buffers.of("projections in rows of " + stride, (long) capacity.tokens() * stride);
        this.attended = buffers.of("attended", capacity.attention(heads));
        int column = 3 * hidden;
        for (AdapterWeights adapter : weights.adapters) {
            if (adapter.module().isProjection()) {
                adapters.add(new ProjectionAdapter(
                        adapter.module().number() * hidden,
                        model.fusesAdapters
                                ? new FusedLowRank(
                                        model.adapter,
                                        adapter,
                                        scratch.blas,
                                        new MatrixColumns(projections, column, stride),
                                        new MatrixColumns(scratch.projections, column, stride),
                                        bottom)
                                : ModuleAdapter.of(model, adapter, scratch, buffers, TokenRows.TOKENS, capacity)));
                column += model.adapter.rank();
            }
        }
        this.queriesTrain = !bottom || weights.adapter(TargetModule.QUERY).isPresent();
        this.keysTrain = !bottom || weights.adapter(TargetModule.KEY).isPresent();
    }

    /** An adapter, and the column of its projection in the rows of all of them. */
    record ProjectionAdapter(int block, ModuleAdapter adapter) {}

    /** @param context receives the result, tokens × hidden */
    void forward(Slice slice, NativeFloats input, NativeFloats context) {
        PackedExamples packed = slice.packed();
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
        for (ProjectionAdapter adapter : adapters) {
            adapter.adapter().forward(slice, input, new MatrixColumns(projections, adapter.block(), stride));
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
     * @param context gradient of the result
     * @param inputGradient what reached the input already, to which this adds; left as it is in the bottom layer, below
     *     which nothing is trained
     * @param gradient receives those of the layer's adapters
     */
    void backward(Slice slice, NativeFloats context, NativeFloats inputGradient, NativeFloats gradient) {
        if (bottom && adapters.isEmpty()) {
            return;
        }
        PackedExamples packed = slice.packed();
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
        Optional<NativeFloats> target = bottom ? Optional.empty() : Optional.of(inputGradient);
        for (ProjectionAdapter adapter : adapters) {
            adapter.adapter().backward(slice, new MatrixColumns(d, adapter.block(), stride), target, gradient);
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

    /** Gradients of one head's query, key and value for one example: in the bottom layer those that an adapter asks for. */
    private void headBackward(int length, int place, long column, long context) {
        Blas blas = scratch.blas;
        NativeFloats d = scratch.projections;
        long weight = attended.at(place);
        long weightGradient = scratch.weights.at(0);
        long value = projections.at(column + 2L * hidden);
        blas.multiplyTransposed(
                length, width, length, 1, weight, length, context, hidden, 0, d.at(column + 2L * hidden), stride);
        if (!queriesTrain && !keysTrain) {
            return;
        }
        blas.multiplyByTransposed(length, length, width, 1, context, hidden, value, stride, 0, weightGradient, length);
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
        if (keysTrain) {
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
}
