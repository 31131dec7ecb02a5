package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.engine.Attention.ProjectionAdapter;
import io.rondo.trainer.nd4j.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Self-attention of the last layer, of which the head reads each example's first token only: keys and values for all
 * tokens, queries and results for the first. Exactly what {@link Attention} computes for these rows.
 */
final class FirstTokenAttention {
    private final LayerWeights weights;
    private final Scratch scratch;
    private final Optional<ModuleAdapter> queryAdapter;
    private final List<ProjectionAdapter> tokenAdapters = new ArrayList<>();
    private final boolean bottom;
    private final boolean queriesTrain;
    private final boolean keysTrain;
    private final int hidden;
    private final int heads;
    private final int width;
    private final float scale;
    /** Length of a row of projections: key, then value. */
    private final int stride;

    private final float[] keyAndValueBias;
    private final NativeFloats projections;
    private final NativeFloats attended;
    /** The layer's input, the query and its gradient for first tokens, each examples × hidden. */
    private final NativeFloats inputs;

    private final NativeFloats queries;
    private final NativeFloats queryGradients;

    FirstTokenAttention(EncoderModel model, int layer, Scratch scratch, LayerBuffers buffers, PassCapacity capacity) {
        this.weights = model.layers[layer];
        this.scratch = scratch;
        this.bottom = layer == model.adapter.lowest();
        this.hidden = model.config.hidden();
        this.heads = model.config.heads();
        this.width = model.config.headWidth();
        this.scale = (float) (1 / Math.sqrt(width));
        this.stride = 2 * hidden;
        this.keyAndValueBias = Arrays.copyOfRange(weights.projectionBias, hidden, 3 * hidden);
        long examples = capacity.examples();
        this.projections = buffers.of("keys and values", (long) capacity.tokens() * stride);
        this.attended = buffers.of("attended by first", (long) capacity.tokens() * heads);
        this.inputs = buffers.of("first inputs", examples * hidden);
        this.queries = buffers.of("first queries", examples * hidden);
        this.queryGradients = buffers.of("first query gradients", examples * hidden);
        this.queryAdapter = weights.adapter(TargetModule.QUERY)
                .map(adapter -> ModuleAdapter.of(model, adapter, scratch, buffers, TokenRows.FIRST_TOKENS, capacity));
        for (TargetModule module : List.of(TargetModule.KEY, TargetModule.VALUE)) {
            weights.adapter(module)
                    .ifPresent(adapter -> tokenAdapters.add(new ProjectionAdapter(
                            (module.number() - 1) * hidden,
                            ModuleAdapter.of(model, adapter, scratch, buffers, TokenRows.TOKENS, capacity))));
        }
        this.queriesTrain = !bottom || queryAdapter.isPresent();
        this.keysTrain = !bottom || weights.adapter(TargetModule.KEY).isPresent();
    }

    /** The layer's input for first tokens, as of the last forward. */
    NativeFloats inputs() {
        return inputs;
    }

    /** @param context receives the result, examples × hidden */
    void forward(Slice slice, NativeFloats input, NativeFloats context) {
        PackedExamples packed = slice.packed();
        Blas blas = scratch.blas;
        int tokens = packed.tokens();
        int examples = packed.examples();
        gather(packed, input);
        blas.multiplyByTransposed(
                tokens,
                stride,
                hidden,
                1,
                input.at(0),
                hidden,
                weights.projections.at((long) hidden * hidden),
                hidden,
                0,
                projections.at(0),
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
        queryAdapter.ifPresent(adapter -> adapter.forward(slice, inputs, MatrixColumns.of(queries, hidden)));
        for (ProjectionAdapter adapter : tokenAdapters) {
            adapter.adapter().forward(slice, input, new MatrixColumns(projections, adapter.block(), stride));
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
                        projections.at(row + head * (long) width),
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
                        projections.at(row + hidden + head * (long) width),
                        stride,
                        0,
                        context.at(column),
                        hidden);
            }
        }
    }

    private void gather(PackedExamples packed, NativeFloats input) {
        for (int example = 0; example < packed.examples(); example++) {
            input.read(packed.start(example) * hidden, scratch.row, hidden);
            inputs.write(example * hidden, scratch.row, hidden);
        }
    }

    private void addBias(int tokens, int examples) {
        float[] row = scratch.projectionRow;
        for (int i = 0; i < tokens; i++) {
            projections.read(i * stride, row, stride);
            Kernels.add(row, keyAndValueBias, stride);
            projections.write(i * stride, row, stride);
        }
        for (int i = 0; i < examples; i++) {
            queries.read(i * hidden, scratch.row, hidden);
            Kernels.add(scratch.row, weights.projectionBias, hidden);
            queries.write(i * hidden, scratch.row, hidden);
        }
    }

    /**
     * @param context gradient of the result, examples × hidden
     * @param first gradient of the first tokens' inputs by way of the residual; overwritten
     * @param inputGradient receives the gradient of the whole input; left as it is in the bottom layer
     * @param gradient receives those of the layer's adapters
     */
    void backward(
            Slice slice, NativeFloats context, NativeFloats first, NativeFloats inputGradient, NativeFloats gradient) {
        if (bottom && queryAdapter.isEmpty() && tokenAdapters.isEmpty()) {
            return;
        }
        PackedExamples packed = slice.packed();
        NativeFloats d = scratch.projections;
        int examples = packed.examples();
        for (int example = 0; example < examples; example++) {
            for (int head = 0; head < heads; head++) {
                headBackward(packed, example, head, context);
            }
        }
        if (!bottom) {
            inputBackward(packed, first, inputGradient);
        }
        queryAdapter.ifPresent(adapter -> adapter.backward(
                slice,
                MatrixColumns.of(queryGradients, hidden),
                bottom ? Optional.empty() : Optional.of(first),
                gradient));
        for (ProjectionAdapter adapter : tokenAdapters) {
            adapter.adapter()
                    .backward(
                            slice,
                            new MatrixColumns(d, adapter.block(), stride),
                            bottom ? Optional.empty() : Optional.of(inputGradient),
                            gradient);
        }
        if (!bottom) {
            addFirst(packed, first, inputGradient);
        }
    }

    private void headBackward(PackedExamples packed, int example, int head, NativeFloats context) {
        Blas blas = scratch.blas;
        NativeFloats d = scratch.projections;
        int length = packed.length(example);
        int place = packed.start(example) * heads + head * length;
        long column = (long) example * hidden + head * (long) width;
        long row = (long) packed.start(example) * stride + head * (long) width;
        long key = row;
        long value = row + hidden;
        long weightGradient = scratch.weights.at(0);
        blas.multiplyTransposed(
                length, width, 1, 1, attended.at(place), length, context.at(column), hidden, 0, d.at(value), stride);
        if (!queriesTrain && !keysTrain) {
            return;
        }
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
        if (keysTrain) {
            blas.multiplyTransposed(
                    length, width, 1, scale, weightGradient, length, queries.at(column), hidden, 0, d.at(key), stride);
        }
    }

    /** Through keys and values for all tokens; through the query and the residual for the first. */
    private void inputBackward(PackedExamples packed, NativeFloats first, NativeFloats inputGradient) {
        Blas blas = scratch.blas;
        blas.multiply(
                packed.tokens(),
                hidden,
                stride,
                1,
                scratch.projections.at(0),
                stride,
                weights.projections.at((long) hidden * hidden),
                hidden,
                0,
                inputGradient.at(0),
                hidden);
        blas.multiply(
                packed.examples(),
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
    }

    private void addFirst(PackedExamples packed, NativeFloats first, NativeFloats inputGradient) {
        for (int example = 0; example < packed.examples(); example++) {
            int row = packed.start(example) * hidden;
            inputGradient.read(row, scratch.row, hidden);
            first.read(example * hidden, scratch.row2, hidden);
            Kernels.add(scratch.row, scratch.row2, hidden);
            inputGradient.write(row, scratch.row, hidden);
        }
    }
}
