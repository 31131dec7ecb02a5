package io.rondo.trainer.nd4j.engine;

/**
 * Columns of a matrix.
 *
 * @param memory where the matrix lies
 * @param start of the first row's first column
 * @param stride length of a row of the matrix
 */
record Place(NativeFloats memory, long start, int stride) {
    /** A whole matrix. */
    static Place of(NativeFloats memory, int columns) {
        return new Place(memory, 0, columns);
    }

    long address() {
        return memory.at(start);
    }

    /** Index of a row's first column. */
    int row(int number) {
        return Math.toIntExact(start + (long) number * stride);
    }
}
