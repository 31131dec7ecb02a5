package io.rondo.trainer.nd4j.engine;

/** One projection's adapter in one layer: {@code projection += scaling · B · A · x}. */
final class LowRank {
    private final NativeFloats up;
    private final int hidden;
    private final int rank;
    private final float scaling;
    private final int downGradient;
    private final int upGradient;
    private final int block;
    private final int column;

    /** @param number of the adapter among those of its layer */
    LowRank(EncoderModel model, int layer, int number) {
        this.up = model.layers[layer].up[number];
        this.hidden = model.config.hidden();
        this.rank = model.adapter.rank();
        this.scaling = model.adapter.scaling();
        this.downGradient = model.positions.down(layer, number);
        this.upGradient = model.positions.up(layer, number);
        this.block = model.adapter.projections().get(number).block() * hidden;
        this.column = 3 * hidden + number * rank;
    }

    /** Column of the projection it belongs to, in the rows of all projections; also the row of its weight. */
    int block() {
        return block;
    }

    /** Column of A·x in the rows of all projections; also the row of A in their matrix. */
    int column() {
        return column;
    }

    int rank() {
        return rank;
    }

    /** {@code out += scaling · down · Bᵀ}. */
    void forward(Blas blas, int rows, long down, int downStride, long out, int outStride) {
        blas.multiplyByTransposed(rows, hidden, rank, scaling, down, downStride, up.at(0), rank, 1, out, outStride);
    }

    /**
     * Gradients of B and A, and of A·x into {@code downGradients}, from the projection's.
     *
     * @param input the layer's input for these rows, contiguous
     */
    void backward(
            Blas blas,
            int rows,
            long outGradients,
            int outStride,
            long down,
            int downStride,
            long downGradients,
            int downGradientStride,
            long input,
            NativeFloats gradient) {
        blas.multiplyTransposed(
                hidden,
                rank,
                rows,
                scaling,
                outGradients,
                outStride,
                down,
                downStride,
                0,
                gradient.at(upGradient),
                rank);
        blas.multiply(
                rows,
                rank,
                hidden,
                scaling,
                outGradients,
                outStride,
                up.at(0),
                rank,
                0,
                downGradients,
                downGradientStride);
        blas.multiplyTransposed(
                rank,
                hidden,
                rows,
                1,
                downGradients,
                downGradientStride,
                input,
                hidden,
                0,
                gradient.at(downGradient),
                hidden);
    }
}
