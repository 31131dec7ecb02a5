package io.rondo.aggregator.strategy;

import java.util.List;

/**
 * What an aggregate is to the global adapter: not its new value, but a direction in which to take a step. Works on each chunk by
 * itself, in float64; its state is kept as float32 in the log, so that any step can be recomputed.
 */
public interface ServerOptimizer {

    /** The name in job files, such as {@code fedavgm}. */
    String name();

    /** The names of its state vectors, each as long as the adapter and 0 at first. */
    List<String> state();

    /**
     * One step for a chunk.
     *
     * @param base the adapter before the round
     * @param aggregate what the strategy made of the round's updates
     * @param state the state vectors in the order of {@link #state}; they become those after the step
     * @return the adapter after the round, of finite values as the state is
     */
    float[] step(float[] base, float[] aggregate, List<float[]> state);
}
