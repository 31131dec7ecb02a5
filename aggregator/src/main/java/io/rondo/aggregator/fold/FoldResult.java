package io.rondo.aggregator.fold;

import io.rondo.log.AdapterChunk;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.PartRefused;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** A result of a fold; its records become visible atomically. */
public sealed interface FoldResult {

    /** The record for {@code parts}. */
    SpecificRecord part();

    /** The partition's share of the adapter, and of the server optimizer's state if the job has one. */
    record Folded(List<AdapterChunk> chunks, List<AdapterChunk> state, PartFolded part) implements FoldResult {
        public Folded {
            chunks = List.copyOf(chunks);
            state = List.copyOf(state);
        }
    }

    /** The measurements of the partition's share of the updates. */
    record Measured(PartMeasured part) implements FoldResult {}

    /** An accepted update turned out to be faulty. */
    record Refused(PartRefused part) implements FoldResult {}
}
