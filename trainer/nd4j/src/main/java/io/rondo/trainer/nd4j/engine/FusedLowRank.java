package io.rondo.trainer.nd4j.engine;

import java.util.Optional;

/**
 * LoRA on a projection whose A is part of the projections' matrix: whoever computes the projections has A·x already, and
 * takes its gradient from there to the input's, too. Used by one thread.
 */
final class FusedLowRank implements ModuleAdapter {
    private final AdapterWeights weights;
    private final Blas blas;
    private final int rank;
    private final float scaling;
    private final MatrixColumns low;
    private final MatrixColumns lowGradient;
    private final boolean bottom;
    private NativeFloats input;

    /**
     * @param low where A·x is found
     * @param lowGradient where its gradient is left
     * @param bottom whether nobody asks for the gradient of the input
     */
    FusedLowRank(
            AdapterShape adapter,
            AdapterWeights weights,
            Blas blas,
            MatrixColumns low,
            MatrixColumns lowGradient,
            boolean bottom) {
        this.weights = weights;
        this.blas = blas;
        this.rank = adapter.rank();
        this.scaling = adapter.scaling();
        this.low = low;
        this.lowGradient = lowGradient;
        this.bottom = bottom;
    }

    @Override
    public void forward(Slice slice, NativeFloats moduleInput, MatrixColumns out) {
        input = moduleInput;
        LowRank.addProduct(blas, weights, rank, scaling, slice.packed().tokens(), low, out);
    }

    @Override
    public void backward(
            Slice slice, MatrixColumns outGradient, Optional<NativeFloats> inputGradient, NativeFloats gradient) {
        int rows = slice.packed().tokens();
        if (weights.trainsUp(slice.frozen())) {
            LowRank.upGradient(blas, weights, rank, scaling, rows, outGradient, low, gradient);
        }
        boolean trainsDown = weights.trainsDown(slice.frozen());
        if (trainsDown || !bottom) {
            LowRank.lowGradient(blas, weights, rank, scaling, rows, outGradient, lowGradient);
        }
        if (trainsDown) {
            LowRank.downGradient(blas, weights, rank, rows, lowGradient, input, gradient);
        }
    }
}
