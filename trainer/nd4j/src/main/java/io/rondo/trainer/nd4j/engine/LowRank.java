package io.rondo.trainer.nd4j.engine;

import java.util.Optional;

/** LoRA: {@code out += scaling · B · A · x}, with x after dropout. */
final class LowRank implements ModuleAdapter {
    private final AdapterWeights weights;
    private final Scratch scratch;
    private final AdapterInput input;
    private final TokenRows rows;
    private final int rank;
    private final float scaling;
    /** A·x, and its gradient. */
    private final NativeFloats low;

    private final NativeFloats lowGradient;

    LowRank(
            AdapterShape adapter,
            AdapterWeights weights,
            Scratch scratch,
            LayerBuffers buffers,
            AdapterInput input,
            TokenRows rows,
            PassCapacity capacity) {
        this.weights = weights;
        this.scratch = scratch;
        this.input = input;
        this.rows = rows;
        this.rank = adapter.rank();
        this.scaling = adapter.scaling();
        this.low = buffers.of(weights.module() + " of " + rows + ".low", (long) rows.count(capacity) * rank);
        this.lowGradient = scratch.low;
    }

    @Override
    public void forward(Slice slice, NativeFloats moduleInput, MatrixColumns out) {
        int count = rows.count(slice.packed());
        NativeFloats seen = input.see(slice, moduleInput);
        scratch.blas.multiplyByTransposed(
                count,
                rank,
                weights.in(),
                1,
                seen.at(0),
                weights.in(),
                weights.down().address(),
                weights.in(),
                0,
                low.at(0),
                rank);
        addProduct(scratch.blas, weights, rank, scaling, count, MatrixColumns.of(low, rank), out);
    }

    @Override
    public void backward(
            Slice slice, MatrixColumns outGradient, Optional<NativeFloats> inputGradient, NativeFloats gradient) {
        int count = rows.count(slice.packed());
        MatrixColumns lowPlace = MatrixColumns.of(low, rank);
        MatrixColumns lowGradientPlace = MatrixColumns.of(lowGradient, rank);
        if (weights.trainsUp(slice.frozen())) {
            upGradient(scratch.blas, weights, rank, scaling, count, outGradient, lowPlace, gradient);
        }
        boolean trainsDown = weights.trainsDown(slice.frozen());
        if (trainsDown || inputGradient.isPresent()) {
            lowGradient(scratch.blas, weights, rank, scaling, count, outGradient, lowGradientPlace);
        }
        if (trainsDown) {
            downGradient(scratch.blas, weights, rank, count, lowGradientPlace, input.seen(), gradient);
        }
        AdapterInput.Product product = (out, beta) -> scratch.blas.multiply(
                count,
                weights.in(),
                rank,
                1,
                lowGradient.at(0),
                rank,
                weights.down().address(),
                weights.in(),
                beta,
                out.at(0),
                weights.in());
        inputGradient.ifPresent(target -> input.addGradient(slice, product, target));
    }

    /** {@code out += scaling · low · Bᵀ}. */
    static void addProduct(
            Blas blas,
            AdapterWeights weights,
            int rank,
            float scaling,
            int rows,
            MatrixColumns low,
            MatrixColumns out) {
        blas.multiplyByTransposed(
                rows,
                weights.out(),
                rank,
                scaling,
                low.address(),
                low.stride(),
                weights.up().address(),
                rank,
                1,
                out.address(),
                out.stride());
    }

    /** {@code dB = scaling · dOutᵀ · low}. */
    static void upGradient(
            Blas blas,
            AdapterWeights weights,
            int rank,
            float scaling,
            int rows,
            MatrixColumns outGradient,
            MatrixColumns low,
            NativeFloats gradient) {
        blas.multiplyTransposed(
                weights.out(),
                rank,
                rows,
                scaling,
                outGradient.address(),
                outGradient.stride(),
                low.address(),
                low.stride(),
                0,
                gradient.at(weights.up().position()),
                rank);
    }

    /** {@code dLow = scaling · dOut · B}. */
    static void lowGradient(
            Blas blas,
            AdapterWeights weights,
            int rank,
            float scaling,
            int rows,
            MatrixColumns outGradient,
            MatrixColumns lowGradient) {
        blas.multiply(
                rows,
                rank,
                weights.out(),
                scaling,
                outGradient.address(),
                outGradient.stride(),
                weights.up().address(),
                rank,
                0,
                lowGradient.address(),
                lowGradient.stride());
    }

    /** {@code dA = dLowᵀ · x}. */
    static void downGradient(
            Blas blas,
            AdapterWeights weights,
            int rank,
            int rows,
            MatrixColumns lowGradient,
            NativeFloats seen,
            NativeFloats gradient) {
        blas.multiplyTransposed(
                rank,
                weights.in(),
                rows,
                1,
                lowGradient.address(),
                lowGradient.stride(),
                seen.at(0),
                weights.in(),
                0,
                gradient.at(weights.down().position()),
                weights.in());
    }
}
