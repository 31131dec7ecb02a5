package io.rondo.aggregator.strategy;

/** Takes one chunk of each update, in the order of acceptance, and returns the chunk of the adapter. */
public interface ChunkAccumulator {

    /**
     * Takes the next update's chunk.
     *
     * @param weight weight of the update, positive
     * @param values its values; as many as the accumulator's count. The caller reuses the array after the call
     */
    void add(double weight, float[] values);

    /**
     * The chunk of the adapter, computed from the chunks added so far.
     *
     * @throws IllegalStateException when nothing was added
     */
    float[] result();
}
