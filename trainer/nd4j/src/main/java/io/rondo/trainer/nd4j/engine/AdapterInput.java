package io.rondo.trainer.nd4j.engine;

import io.rondo.trainer.nd4j.kernel.Kernels;

/**
 * A module's input as its adapter sees it: with dropout in training, and there until the backward. Used by one thread.
 */
final class AdapterInput {
    private final AdapterWeights weights;
    private final Scratch scratch;
    private final LayerBuffers buffers;
    private final TokenRows rows;
    private final PassCapacity capacity;
    private NativeFloats seen;

    AdapterInput(AdapterWeights weights, Scratch scratch, LayerBuffers buffers, TokenRows rows, PassCapacity capacity) {
        this.weights = weights;
        this.scratch = scratch;
        this.buffers = buffers;
        this.rows = rows;
        this.capacity = capacity;
    }

    /** Adds a product to a matrix, or puts it there. */
    interface Product {
        /** @param beta 1 to add, 0 to overwrite */
        void into(NativeFloats out, float beta);
    }

    /** Takes the module's input, rows × in. */
    NativeFloats see(Slice slice, NativeFloats input) {
        // what the projections read is the layer's own input, which nobody overwrites
        if (slice.dropout().isEmpty() && weights.module().isProjection()) {
            seen = input;
        } else {
            seen = buffers.of(weights.module() + " of " + rows + ".input", (long) rows.count(capacity) * weights.in());
            seen.write(0, input, 0, rows.count(slice.packed()) * weights.in());
            drop(slice, seen);
        }
        return seen;
    }

    /** What was seen in the last forward. */
    NativeFloats seen() {
        return seen;
    }

    /** Adds the gradient of what was seen, a product, to that of the module's input. */
    void addGradient(Slice slice, Product product, NativeFloats inputGradient) {
        if (slice.dropout().isEmpty()) {
            product.into(inputGradient, 1);
            return;
        }
        product.into(scratch.adapterInput, 0);
        drop(slice, scratch.adapterInput);
        int width = weights.in();
        float[] row = scratch.wideRow;
        float[] sum = scratch.wideRow2;
        for (int i = 0; i < rows.count(slice.packed()); i++) {
            scratch.adapterInput.read(i * width, row, width);
            inputGradient.read(i * width, sum, width);
            Kernels.add(sum, row, width);
            inputGradient.write(i * width, sum, width);
        }
    }

    private void drop(Slice slice, NativeFloats values) {
        slice.dropout().ifPresent(dropout -> {
            PackedExamples packed = slice.packed();
            int width = weights.in();
            float[] elements = scratch.wideRow;
            int row = 0;
            for (int example = 0; example < packed.examples(); example++) {
                for (int token = 0; token < rows.of(packed, example); token++) {
                    values.read(row * width, elements, width);
                    dropout.apply(weights.layer(), weights.module(), packed.number(example), token, elements, width);
                    values.write(row * width, elements, width);
                    row++;
                }
            }
        });
    }
}
