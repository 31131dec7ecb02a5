package io.rondo.trainer.api;

/**
 * What a trainer may use of its machine. No result depends on it.
 *
 * @param threads threads that train
 * @param stateCacheMegabytes memory for states of examples below the lowest adapted layer, which never change; 0 for none
 */
public record ComputeSettings(int threads, int stateCacheMegabytes) {

    /** Enough for some ten thousand sentences of a small model. */
    public static final int DEFAULT_STATE_CACHE_MEGABYTES = 512;

    public ComputeSettings {
        if (threads < 1 || stateCacheMegabytes < 0) {
            throw new IllegalArgumentException(threads + " threads, " + stateCacheMegabytes + " MB of states");
        }
    }

    /** With the default cache. */
    public static ComputeSettings ofThreads(int threads) {
        return new ComputeSettings(threads, DEFAULT_STATE_CACHE_MEGABYTES);
    }
}
