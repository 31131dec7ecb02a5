package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.kernel.Kernels;
import java.util.Optional;
import java.util.function.Function;

/**
 * The part of a layer after attention: attention output, norm, feed-forward, norm, each row for itself. Keeps what its
 * backward needs.
 */
final class OutputBlock {
    private final LayerWeights weights;
    private final Scratch scratch;
    private final int hidden;
    private final int wide;
    private final float epsilon;
    private final TokenRows rows;
    private final Optional<ModuleAdapter> attentionAdapter;
    private final Optional<ModuleAdapter> intermediateAdapter;
    private final Optional<ModuleAdapter> outputAdapter;
    /** Normalized rows of both norms, and the inverses of their standard deviations. */
    private final NativeFloats attentionNormalized;

    private final NativeFloats outputNormalized;
    private final float[] attentionInverse;
    private final float[] outputInverse;
    /** The derivative of gelu. */
    private final NativeFloats geluSlope;

    OutputBlock(
            EncoderModel model,
            int layer,
            Scratch scratch,
            LayerBuffers buffers,
            TokenRows rows,
            PassCapacity capacity) {
        this.weights = model.layers[layer];
        this.scratch = scratch;
        this.rows = rows;
        this.hidden = model.config.hidden();
        this.wide = model.config.intermediate();
        this.epsilon = model.config.epsilon();
        int count = rows.count(capacity);
        // a set of buffers may serve a layer of all tokens and one of first tokens in turn
        this.attentionNormalized = buffers.of(rows + " attention normalized", (long) count * hidden);
        this.outputNormalized = buffers.of(rows + " output normalized", (long) count * hidden);
        this.geluSlope = buffers.of(rows + " gelu slope", (long) count * wide);
        this.attentionInverse = new float[count];
        this.outputInverse = new float[count];
        Function<AdapterWeights, ModuleAdapter> adapted =
                adapter -> ModuleAdapter.of(model, adapter, scratch, buffers, rows, capacity);
        this.attentionAdapter = weights.adapter(TargetModule.ATTENTION_OUTPUT).map(adapted);
        this.intermediateAdapter = weights.adapter(TargetModule.INTERMEDIATE).map(adapted);
        this.outputAdapter = weights.adapter(TargetModule.OUTPUT).map(adapted);
    }

    /**
     * @param context attention's result, rows × hidden
     * @param input the layer's input for the same rows, which is added before the first norm
     * @param out receives the layer's output; not the scratch states
     */
    void forward(Slice slice, NativeFloats context, NativeFloats input, NativeFloats out) {
        Blas blas = scratch.blas;
        int rows = this.rows.count(slice.packed());
        NativeFloats product = scratch.states;
        NativeFloats middle = scratch.states2;
        blas.multiplyByTransposed(
                rows,
                hidden,
                hidden,
                1,
                context.at(0),
                hidden,
                weights.attentionOutput.at(0),
                hidden,
                0,
                product.at(0),
                hidden);
        attentionAdapter.ifPresent(adapter -> adapter.forward(slice, context, MatrixColumns.of(product, hidden)));
        norm(
                rows,
                product,
                weights.attentionOutputBias,
                input,
                weights.attentionNormWeight,
                weights.attentionNormBias,
                attentionNormalized,
                attentionInverse,
                middle);
        blas.multiplyByTransposed(
                rows,
                wide,
                hidden,
                1,
                middle.at(0),
                hidden,
                weights.intermediate.at(0),
                hidden,
                0,
                scratch.wide.at(0),
                wide);
        intermediateAdapter.ifPresent(adapter -> adapter.forward(slice, middle, MatrixColumns.of(scratch.wide, wide)));
        gelu(rows);
        blas.multiplyByTransposed(
                rows, hidden, wide, 1, scratch.wide.at(0), wide, weights.output.at(0), wide, 0, product.at(0), hidden);
        outputAdapter.ifPresent(adapter -> adapter.forward(slice, scratch.wide, MatrixColumns.of(product, hidden)));
        norm(
                rows,
                product,
                weights.outputBias,
                middle,
                weights.outputNormWeight,
                weights.outputNormBias,
                outputNormalized,
                outputInverse,
                out);
    }

    private void norm(
            int rows,
            NativeFloats product,
            float[] bias,
            NativeFloats residual,
            float[] normWeight,
            float[] normBias,
            NativeFloats normalized,
            float[] inverse,
            NativeFloats out) {
        float[] row = scratch.row;
        float[] row2 = scratch.row2;
        float[] row3 = scratch.row3;
        for (int i = 0; i < rows; i++) {
            product.read(i * hidden, row, hidden);
            residual.read(i * hidden, row2, hidden);
            Kernels.add(row, bias, hidden);
            Kernels.add(row, row2, hidden);
            inverse[i] = Kernels.layerNorm(row, normWeight, normBias, row2, row3, hidden, epsilon);
            normalized.write(i * hidden, row2, hidden);
            out.write(i * hidden, row3, hidden);
        }
    }

    private void gelu(int rows) {
        float[] row = scratch.wideRow;
        float[] slope = scratch.wideRow2;
        for (int i = 0; i < rows; i++) {
            scratch.wide.read(i * wide, row, wide);
            Kernels.gelu(row, weights.intermediateBias, slope, wide);
            scratch.wide.write(i * wide, row, wide);
            geluSlope.write(i * wide, slope, wide);
        }
    }

    /**
     * @param gradient of the output on entry; on return, of the layer's input by way of the residual
     * @param context receives the gradient of attention's result; not the scratch states
     * @param parameters receives the gradients of the layer's adapters
     */
    void backward(Slice slice, NativeFloats gradient, NativeFloats context, NativeFloats parameters) {
        Blas blas = scratch.blas;
        int rows = this.rows.count(slice.packed());
        normBackward(rows, gradient, outputNormalized, outputInverse, weights.outputNormWeight);
        blas.multiply(
                rows, wide, hidden, 1, gradient.at(0), hidden, weights.output.at(0), wide, 0, scratch.wide.at(0), wide);
        outputAdapter.ifPresent(adapter ->
                adapter.backward(slice, MatrixColumns.of(gradient, hidden), Optional.of(scratch.wide), parameters));
        geluBackward(rows);
        blas.multiply(
                rows,
                hidden,
                wide,
                1,
                scratch.wide.at(0),
                wide,
                weights.intermediate.at(0),
                hidden,
                1,
                gradient.at(0),
                hidden);
        intermediateAdapter.ifPresent(adapter ->
                adapter.backward(slice, MatrixColumns.of(scratch.wide, wide), Optional.of(gradient), parameters));
        normBackward(rows, gradient, attentionNormalized, attentionInverse, weights.attentionNormWeight);
        blas.multiply(
                rows,
                hidden,
                hidden,
                1,
                gradient.at(0),
                hidden,
                weights.attentionOutput.at(0),
                hidden,
                0,
                context.at(0),
                hidden);
        attentionAdapter.ifPresent(adapter ->
                adapter.backward(slice, MatrixColumns.of(gradient, hidden), Optional.of(context), parameters));
    }

    private void normBackward(
            int rows, NativeFloats gradient, NativeFloats normalized, float[] inverse, float[] normWeight) {
        float[] row = scratch.row;
        float[] row2 = scratch.row2;
        for (int i = 0; i < rows; i++) {
            gradient.read(i * hidden, row, hidden);
            normalized.read(i * hidden, row2, hidden);
            Kernels.layerNormBackward(row, row2, normWeight, inverse[i], hidden);
            gradient.write(i * hidden, row, hidden);
        }
    }

    private void geluBackward(int rows) {
        float[] row = scratch.wideRow;
        float[] slope = scratch.wideRow2;
        for (int i = 0; i < rows; i++) {
            scratch.wide.read(i * wide, row, wide);
            geluSlope.read(i * wide, slope, wide);
            Kernels.multiply(row, slope, wide);
            scratch.wide.write(i * wide, row, wide);
        }
    }
}
