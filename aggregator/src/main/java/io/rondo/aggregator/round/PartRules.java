package io.rondo.aggregator.round;

import io.rondo.log.ChunkDigest;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.Optional;

/** Checks parts against what the closed round waits for. */
final class PartRules {
    private final JobState state;

    PartRules(JobState state) {
        this.state = state;
    }

    /** The closed round that the part belongs to, if the job waits for this revision of it. */
    Optional<RoundPhase.Closed> awaiting(int round, int revision) {
        return state.phase() instanceof RoundPhase.Closed closed
                        && closed.closed().getRound() == round
                        && closed.closed().getRevision() == revision
                ? Optional.of(closed)
                : Optional.empty();
    }

    /** Whether the part has as many numbers as the close's members require. */
    boolean holdsItsNumbers(PartMeasured measured, RoundPhase.Closed closed) {
        return measured.getPartition() >= 0
                && measured.getPartition() < state.spec().getPartitions()
                && measured.getProducts().size()
                        == state.measuring(measured.getRound())
                                .numbers(closed.closed().getMembers().size())
                && measured.getProducts().stream().allMatch(Double::isFinite);
    }

    /** Whether the part has the chunks of its partition, in order. */
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
