package io.rondo.schemas.adapter;

import io.rondo.schemas.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One round's flat vector: the tensors shared in it, in layout order, row-major, end to end, cut into chunks of equal
 * length (the last may be shorter). Chunk {@code ordinal} travels in partition {@code ordinal mod partitions}.
 */
public final class FlatLayout {
    /** A manifest names the digest of each chunk and must fit into a record, so many more chunks are impossible. */
    private static final int MAX_CHUNKS = 100_000;

    private final List<TensorShape> tensors;
    private final int elements;
    private final int chunkElements;
    private final int partitions;
    private final List<List<Chunk>> byPartition;

    /** Where a chunk lies: {@code count} elements from index {@code position} of the flat vector. */
    public record Chunk(int ordinal, int position, int count) {}

    private FlatLayout(List<TensorShape> tensors, int chunkElements, int partitions) {
        if (chunkElements < 1 || partitions < 1) {
            throw new IllegalArgumentException(
                    "chunks of " + chunkElements + " elements in " + partitions + " partitions");
        }
        this.tensors = tensors;
        this.elements = tensors.stream().mapToInt(TensorShape::size).reduce(0, Math::addExact);
        this.chunkElements = chunkElements;
        this.partitions = partitions;
        if (chunks() > MAX_CHUNKS) {
            throw new IllegalArgumentException(elements + " elements in chunks of " + chunkElements + " are " + chunks()
                    + " chunks, allowed are " + MAX_CHUNKS);
        }
        this.byPartition = IntStream.range(0, partitions)
                .mapToObj(partition -> IntStream.range(0, chunks())
                        .filter(ordinal -> partitionOf(ordinal) == partition)
                        .mapToObj(this::chunk)
                        .toList())
                .toList();
    }

    /**
     * The flat vector of a round.
     *
     * @param chunkElements elements in a chunk, {@code chunkBytes / 4} of the job
     * @throws ArithmeticException when the round shares more than 2³¹−1 elements
     * @throws IllegalArgumentException when these are more than 100,000 chunks
     */
    public static FlatLayout of(
            AdapterLayout layout, SharingPolicy policy, int round, int chunkElements, int partitions) {
        List<TensorShape> shared = layout.tensors().stream()
                .filter(tensor -> policy.of(tensor.role(), round) == Sharing.SHARED)
                .toList();
        return new FlatLayout(shared, chunkElements, partitions);
    }

    /** The tensors shared in the round, in order. */
    public List<TensorShape> tensors() {
        return tensors;
    }

    public int elements() {
        return elements;
    }

    public int partitions() {
        return partitions;
    }

    public int chunks() {
        return (int) (((long) elements + chunkElements - 1) / chunkElements);
    }

    /** @throws IndexOutOfBoundsException when the vector has no such chunk */
    public Chunk chunk(int ordinal) {
        if (ordinal < 0 || ordinal >= chunks()) {
            throw new IndexOutOfBoundsException("chunk " + ordinal + " of " + chunks());
        }
        int position = ordinal * chunkElements;
        return new Chunk(ordinal, position, Math.min(chunkElements, elements - position));
    }

    public int partitionOf(int ordinal) {
        return ordinal % partitions;
    }

    /** The chunks of a partition, in ascending order. */
    public List<Chunk> chunksOf(int partition) {
        return byPartition.get(partition);
    }

    /**
     * The flat vector of these tensors; others in the map are ignored.
     *
     * @throws IllegalArgumentException when a shared tensor is missing or has another shape
     */
    public float[] flatten(Map<String, Tensor> values) {
        float[] flat = new float[elements];
        int position = 0;
        for (TensorShape shape : tensors) {
            Tensor tensor = values.get(shape.name());
            if (tensor == null || !Arrays.equals(tensor.shape(), shape.shape())) {
                throw new IllegalArgumentException("the round shares " + shape + ", but here is " + tensor);
            }
            System.arraycopy(tensor.values(), 0, flat, position, shape.size());
            position += shape.size();
        }
        return flat;
    }

    /**
     * The tensors of a flat vector, by name, in order.
     *
     * @throws IllegalArgumentException when the vector has another length
     */
    public Map<String, Tensor> split(float[] flat) {
        if (flat.length != elements) {
            throw new IllegalArgumentException(
                    "a vector of " + flat.length + " elements, where the round has " + elements);
        }
        Map<String, Tensor> split = new LinkedHashMap<>();
        int position = 0;
        for (TensorShape shape : tensors) {
            float[] values = Arrays.copyOfRange(flat, position, position + shape.size());
            split.put(shape.name(), new Tensor(shape.name(), shape.shape(), values));
            position += shape.size();
        }
        return split;
    }
}
