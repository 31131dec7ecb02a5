package io.rondo.aggregator.topology;

import java.util.concurrent.CompletableFuture;

/** Tells how far {@code manifests} reaches, so that a deadline closes a round only after all that was on time. */
public interface ManifestsEnd {

    /**
     * Asks, without waiting, for the offset of the last record that is in the topic now.
     *
     * @param from offset of the first record that the caller has not seen
     * @return that offset; {@code from - 1} when there is nothing that the caller has not seen
     */
    CompletableFuture<Long> lastOffset(long from);
}
