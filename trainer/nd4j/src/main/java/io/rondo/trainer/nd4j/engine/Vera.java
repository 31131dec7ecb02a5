package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.kernel.Kernels;
import java.util.Optional;

/**
 * VeRA: {@code out += λ_b ∘ B · (λ_d ∘ A · x)}, with x after dropout, frozen A and B and trained vectors. Only the vectors
 * and what the backward needs are kept for each layer.
 */
final class Vera implements ModuleAdapter {
    private final FrozenProjections frozen;
    private final AdapterWeights weights;
    private final Scratch scratch;
    private final AdapterInput input;
    private final TokenRows rows;
    private final int rank;
    /** A·x, rows × rank, and {@code B · (λ_d ∘ A · x)}, rows × out. */
    private final NativeFloats low;

    private final NativeFloats high;

    Vera(
            AdapterShape adapter,
            FrozenProjections frozen,
            AdapterWeights weights,
            Scratch scratch,
            LayerBuffers buffers,
            AdapterInput input,
            TokenRows rows,
            PassCapacity capacity) {
        this.frozen = frozen;
        this.weights = weights;
        this.scratch = scratch;
        this.input = input;
        this.rows = rows;
        this.rank = adapter.rank();
        this.low = buffers.of(weights.module() + " of " + rows + ".low", (long) rows.count(capacity) * rank);
        this.high = buffers.of(weights.module() + " of " + rows + ".high", (long) rows.count(capacity) * weights.out());
    }

    @Override
    public void forward(Slice slice, NativeFloats moduleInput, MatrixColumns out) {
        int count = rows.count(slice.packed());
        int width = weights.out();
        NativeFloats seen = input.see(slice, moduleInput);
        scratch.blas.multiplyByTransposed(
                count,
                rank,
                weights.in(),
                1,
                seen.at(0),
                weights.in(),
                frozen.down.at(0),
                frozen.columns,
                0,
                low.at(0),
                rank);
        scale(count, low, vector(weights.down()), scratch.low);
        scratch.blas.multiplyByTransposed(
                count, width, rank, 1, scratch.low.at(0), rank, frozen.up.at(0), rank, 0, high.at(0), width);
        float[] lambda = vector(weights.up());
        float[] sum = scratch.wideRow;
        float[] row = scratch.wideRow2;
        for (int i = 0; i < count; i++) {
            high.read(i * width, row, width);
            out.memory().read(out.row(i), sum, width);
            Kernels.addProduct(sum, row, lambda, width);
            out.memory().write(out.row(i), sum, width);
        }
    }

    @Override
    public void backward(
            Slice slice, MatrixColumns outGradient, Optional<NativeFloats> inputGradient, NativeFloats gradient) {
        int count = rows.count(slice.packed());
        if (weights.trainsUp(slice.frozen())) {
            sumOfProducts(count, outGradient, high, weights.up(), gradient);
        }
        boolean trainsDown = weights.trainsDown(slice.frozen());
        if (!trainsDown && inputGradient.isEmpty()) {
            return;
        }
        highGradient(count, outGradient);
        scratch.blas.multiply(
                count,
                rank,
                weights.out(),
                1,
                scratch.adapterOutput.at(0),
                weights.out(),
                frozen.up.at(0),
                rank,
                0,
                scratch.low.at(0),
                rank);
        if (trainsDown) {
            sumOfProducts(count, MatrixColumns.of(scratch.low, rank), low, weights.down(), gradient);
        }
        AdapterInput.Product product = (out, beta) -> scratch.blas.multiply(
                count,
                weights.in(),
                rank,
                1,
                scratch.low.at(0),
                rank,
                frozen.down.at(0),
                frozen.columns,
                beta,
                out.at(0),
                weights.in());
        inputGradient.ifPresent(target -> {
            scale(count, scratch.low, vector(weights.down()), scratch.low);
            input.addGradient(slice, product, target);
        });
    }

    /** {@code λ_b ∘ dOut}, into the scratch. */
    private void highGradient(int count, MatrixColumns outGradient) {
        int width = weights.out();
        float[] lambda = vector(weights.up());
        float[] row = scratch.wideRow;
        for (int i = 0; i < count; i++) {
            outGradient.memory().read(outGradient.row(i), row, width);
            Kernels.multiply(row, lambda, width);
            scratch.adapterOutput.write(i * width, row, width);
        }
    }

    /** The gradient of a vector: over all rows, the sum of the products of a gradient and what the vector scaled. */
    private void sumOfProducts(
            int count, MatrixColumns d, NativeFloats scaled, Parameter vector, NativeFloats gradient) {
        int width = vector.shape().size();
        float[] sum = new float[width];
        float[] row = new float[width];
        float[] row2 = new float[width];
        for (int i = 0; i < count; i++) {
            d.memory().read(d.row(i), row, width);
            scaled.read(i * width, row2, width);
            Kernels.addProduct(sum, row, row2, width);
        }
        gradient.write(vector.position(), sum, width);
    }

    /** Each of rows × rank times a vector; may work in place. */
    private void scale(int count, NativeFloats from, float[] vector, NativeFloats to) {
        float[] row = new float[rank];
        for (int i = 0; i < count; i++) {
            from.read(i * rank, row, rank);
            Kernels.multiply(row, vector, rank);
            to.write(i * rank, row, rank);
        }
    }

    private static float[] vector(Parameter parameter) {
        float[] values = new float[parameter.shape().size()];
        parameter.memory().read(parameter.start(), values, values.length);
        return values;
    }
}
