package io.rondo.aggregator.fold;

import io.rondo.log.AdapterChunk;
import io.rondo.log.PartFolded;
import io.rondo.log.PartRefused;
import java.util.List;

/** What a fold has to say; its records become visible together. */
public sealed interface FoldResult {

    /** The partition's share of the adapter. */
    record Folded(List<AdapterChunk> chunks, PartFolded part) implements FoldResult {
        public Folded {
            chunks = List.copyOf(chunks);
        }
    }

    /** An accepted update turned out to be faulty. */
    record Refused(PartRefused part) implements FoldResult {}
}
