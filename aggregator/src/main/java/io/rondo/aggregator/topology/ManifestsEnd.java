package io.rondo.aggregator.topology;

import java.util.concurrent.CompletableFuture;

/** Returns the end of {@code manifests}, so that a deadline closes a round only after all manifests that were on time. */
public interface ManifestsEnd {

    /**
     * Requests, without waiting, the offset of the last record that is in the topic now.
     *
     * @param from offset of the first record that the caller has not seen
     * @return that offset; {@code from - 1} if the caller has seen all records
     */
    CompletableFuture<Long> lastOffset(long from);
}
