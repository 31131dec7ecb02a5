package io.rondo.aggregator.strategy;

import java.util.List;

/**
 * Takes a step from the global adapter towards the aggregate, instead of replacing the adapter by it. Works on each chunk
 * separately, in float64; its state is logged as float32, so that any step can be recomputed.
 */
public interface ServerOptimizer {

    /** The name in job files, such as {@code fedavgm}. */
    String name();

    /** The names of its state vectors, each as long as the adapter and initially 0. */
    List<String> state();

    /**
     * One step for a chunk.
     *
     * @param base the adapter before the round
     * @param aggregate the strategy's aggregate of the round's updates
     * @param state the state vectors in the order of {@link #state}; updated in place
     * @return the adapter after the round; it and the new state have only finite values
     */
    float[] step(float[] base, float[] aggregate, List<float[]> state);
}
