package io.rondo.trainer.nd4j.engine;

import java.util.Optional;

/** The adapter of one module in one layer, with what its backward needs of its last forward. Used by one thread. */
interface ModuleAdapter {

    /**
     * Adds the adapter's part to the module's output.
     *
     * @param input of the module, rows × in
     * @param out the module's output, rows × out
     */
    void forward(Slice slice, NativeFloats input, MatrixColumns out);

    /**
     * Gradients of the factors that are trained, and of the input.
     *
     * @param outGradient of the module's output
     * @param inputGradient of the module's input, rows × in, to which this adds; empty if nobody asks for it
     * @param gradient of all parameters
     */
    void backward(Slice slice, MatrixColumns outGradient, Optional<NativeFloats> inputGradient, NativeFloats gradient);

    /** The adapter of a module that reads rows of its own. */
    static ModuleAdapter of(
            EncoderModel model,
            AdapterWeights weights,
            Scratch scratch,
            LayerBuffers buffers,
            TokenRows rows,
            PassCapacity capacity) {
        AdapterInput input = new AdapterInput(weights, scratch, buffers, rows, capacity);
        return model.projections
                .<ModuleAdapter>map(
                        frozen -> new Vera(model.adapter, frozen, weights, scratch, buffers, input, rows, capacity))
                .orElseGet(() -> new LowRank(model.adapter, weights, scratch, buffers, input, rows, capacity));
    }
}
