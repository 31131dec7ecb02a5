package io.rondo.trainer.nd4j.engine;

/**
 * How an engine works.
 *
 * @param threads threads that train; the result does not depend on it
 * @param seed of VeRA's frozen projections
 * @param dropout probability with which an element of an adapter's input is dropped in training
 * @param microBatch examples that a thread takes through the model at once, at most; 0 for what is fastest
 */
public record EngineSettings(int threads, long seed, double dropout, int microBatch) {

    /** Neither dropout nor bounds of memory. */
    public static EngineSettings of(int threads) {
        return new EngineSettings(threads, 0, 0, 0);
    }
}
