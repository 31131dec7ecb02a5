package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.ChunkDigest;
import io.rondo.log.PartFolded;
import io.rondo.log.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** Folds all partitions of a job again, from its decisions and its round topics. */
final class Recomputation {
    private final List<PartitionFold> folds = new ArrayList<>();
    private final List<PartFolded> parts = new ArrayList<>();

    Recomputation(int partitions, ChunkSource chunks) {
        for (int partition = 0; partition < partitions; partition++) {
            folds.add(new PartitionFold(partition, Strategies::named, chunks, () -> 0L, this::take));
        }
    }

    private void take(FoldResult result) {
        if (result instanceof FoldResult.Folded folded) {
            parts.add(folded.part());
        }
    }

    void follow(SpecificRecord decision) {
        folds.forEach(fold -> fold.follow(decision));
    }

    /** Reads and folds what the decisions so far ask for. */
    void work() {
        folds.forEach(PartitionFold::work);
    }

    /** The digests by ordinal of a round that {@link #work} has folded; each is given once. */
    Map<Integer, Sha256> takeDigests(int round, int revision) {
        Map<Integer, Sha256> digests = new TreeMap<>();
        parts.stream()
                .filter(part -> part.getRound() == round && part.getRevision() == revision)
                .flatMap(part -> part.getChunks().stream())
                .forEach((ChunkDigest chunk) -> digests.put(chunk.getOrdinal(), chunk.getDigest()));
        parts.clear();
        return digests;
    }
}
