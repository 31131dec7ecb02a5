package io.rondo.schemas.adapter;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;

/** Name, role and shape of a trainable tensor. */
public final class TensorShape {
    private final String name;
    private final TensorRole role;
    private final int[] shape;
    private final int size;

    /**
     * @param name PEFT's name of the parameter; printable, without white space
     * @param shape the dimensions, outermost first, each at least 1
     * @throws IllegalArgumentException when the name or a dimension is out of bounds, or there are more than 2³¹−1 values
     */
    public TensorShape(String name, TensorRole role, int... shape) {
        this.name = Objects.requireNonNull(name);
        this.role = Objects.requireNonNull(role);
        this.shape = shape.clone();
        if (name.isEmpty() || name.length() > 512 || !name.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException(
                    "a tensor's name is 1 to 512 printable ASCII characters, not '" + name + "'");
        }
        if (shape.length == 0 || shape.length > 8) {
            throw new IllegalArgumentException("tensor " + name + " has " + shape.length + " dimensions");
        }
        long product = 1;
        for (int dimension : shape) {
            if (dimension < 1) {
                throw new IllegalArgumentException("tensor " + name + " has shape " + Arrays.toString(shape));
            }
            product = Math.multiplyExact(product, (long) dimension);
            if (product > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("tensor " + name + " has more than 2^31-1 values");
            }
        }
        this.size = (int) product;
    }

    public String name() {
        return name;
    }

    public TensorRole role() {
        return role;
    }

    public int[] shape() {
        return shape.clone();
    }

    /** The number of values. */
    public int size() {
        return size;
    }

    /** The line of this tensor in a layout's canonical text. */
    String canonicalLine() {
        return name
                + ' '
                + role.id()
                + ' '
                + Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining("x"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorShape that
                && name.equals(that.name)
                && role == that.role
                && Arrays.equals(shape, that.shape);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, role, Arrays.hashCode(shape));
    }

    @Override
    public String toString() {
        return canonicalLine();
    }
}
