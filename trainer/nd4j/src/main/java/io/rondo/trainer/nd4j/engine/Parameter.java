package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.adapter.TensorShape;

/**
 * A trainable tensor.
 *
 * @param shape its name and shape
 * @param memory where its values lie
 * @param start of the values in the memory
 * @param position of the values, and of their gradient, in one flat vector of all parameters in layout order
 */
record Parameter(TensorShape shape, NativeFloats memory, int start, int position) {

    /** Address of the values. */
    long address() {
        return memory.at(start);
    }

    void read(float[] flat) {
        memory.read(start, flat, position, shape.size());
    }

    void write(float[] flat) {
        memory.write(start, flat, position, shape.size());
    }
}
