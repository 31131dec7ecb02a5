package io.rondo.trainer.api;

/**
 * The resources that a trainer may use. They do not affect results.
 *
 * @param threads training threads
 * @param stateCacheMegabytes memory for caching the examples' hidden states below the lowest adapted layer, which never
 *     change; 0 for none
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
