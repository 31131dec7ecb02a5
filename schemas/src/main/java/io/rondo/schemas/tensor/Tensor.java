package io.rondo.schemas.tensor;

import java.util.Arrays;
import java.util.Objects;

/**
 * A named float32 tensor, row-major. Owns its array: {@link #values()} is the array itself, and callers do not write into
 * it.
 */
public final class Tensor {
    private final String name;
    private final int[] shape;
    private final float[] values;

    /**
     * @param name PEFT's name of the parameter
     * @param shape the dimensions, outermost first
     * @param values row-major, as many as the product of the dimensions
     * @throws IllegalArgumentException when the number of values is not the product of the dimensions
     */
    public Tensor(String name, int[] shape, float[] values) {
        this.name = Objects.requireNonNull(name);
        this.shape = shape.clone();
        this.values = Objects.requireNonNull(values);
        long size = 1;
        for (int dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("tensor " + name + " has shape " + Arrays.toString(shape));
            }
            size = Math.multiplyExact(size, (long) dimension);
        }
        if (size != values.length) {
            throw new IllegalArgumentException(
                    "tensor " + name + " of shape " + Arrays.toString(shape) + " has " + values.length + " values");
        }
    }

    public String name() {
        return name;
    }

    public int[] shape() {
        return shape.clone();
    }

    public float[] values() {
        return values;
    }

    public int size() {
        return values.length;
    }

    /** Equal names, shapes and bits: NaN equals the same NaN, and 0.0 is not -0.0. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor that
                && name.equals(that.name)
                && Arrays.equals(shape, that.shape)
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, Arrays.hashCode(shape), Arrays.hashCode(values));
    }

    @Override
    public String toString() {
        return name + Arrays.toString(shape);
    }
}
