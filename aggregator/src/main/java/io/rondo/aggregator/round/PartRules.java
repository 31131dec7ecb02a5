package io.rondo.aggregator.round;

import io.rondo.log.ChunkDigest;
import io.rondo.log.PartFolded;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.Optional;

/** Which parts the job's state waits for. */
final class PartRules {
    private final JobState state;

    PartRules(JobState state) {
        this.state = state;
    }

    /** The closed round that the part belongs to, if the job waits for it in just this revision. */
    Optional<RoundPhase.Closed> awaiting(PartFolded folded) {
        return state.phase() instanceof RoundPhase.Closed closed
                        && closed.closed().getRound() == folded.getRound()
                        && closed.closed().getRevision() == folded.getRevision()
                ? Optional.of(closed)
                : Optional.empty();
    }

    /** Whether the part has the chunks of its partition, in their order. */
    boolean holdsItsChunks(PartFolded folded) {
        FlatLayout flat = state.flatLayout(folded.getRound());
        return folded.getPartition() >= 0
                && folded.getPartition() < flat.partitions()
                && folded.getChunks().stream()
                        .map(ChunkDigest::getOrdinal)
                        .toList()
                        .equals(flat.chunksOf(folded.getPartition()).stream()
                                .map(FlatLayout.Chunk::ordinal)
                                .toList());
    }
}
