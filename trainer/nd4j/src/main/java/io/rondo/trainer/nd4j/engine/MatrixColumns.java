package io.rondo.trainer.nd4j.engine;

/**
 * Columns of a matrix.
 *
 * @param memory where the matrix lies
 * @param start of the first row's first column
 * @param stride length of a row of the matrix
 */
record MatrixColumns(NativeFloats memory, long start, int stride) {
    /** A whole matrix. */
    static MatrixColumns of(NativeFloats memory, int columns) {
        return new MatrixColumns(memory, 0, columns);
    }

    long address() {
        return memory.at(start);
    }

    /** Index of a row's first column. */
    int row(int number) {
        return Math.toIntExact(start + (long) number * stride);
    }
}
