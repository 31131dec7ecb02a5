package io.rondo.aggregator.round;

import io.rondo.log.ChunkDigest;
import io.rondo.log.PartFolded;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.tensor.Digests;
import java.util.Arrays;
import java.util.List;

/** The record that publishes a round's adapter: built when the parts of all partitions have arrived. */
final class Publication {
    private Publication() {}

    static RoundPublished of(JobState state, RoundPhase.Closed closed) {
        int round = closed.closed().getRound();
        List<Sha256> digests = chunkDigests(closed, state.flatLayout(round).chunks());
        return new RoundPublished(
                state.jobUuid(),
                round,
                closed.closed().getRevision(),
                closed.open().opened().getBaseRound(),
                closed.members(),
                closed.open().opened().getElements(),
                digests,
                Digests.ofDigests(digests),
                state.versionsWith(round),
                closed.parts().values().stream().map(PartFolded::getStartOffset).toList(),
                closed.open().opened().getOpenedAt(),
                closed.closed().getHeader().getDecidedAt(),
                state.chainedFrom(),
                state.nextSequence() - 1,
                state.chainValue(),
                null);
    }

    private static List<Sha256> chunkDigests(RoundPhase.Closed closed, int chunks) {
        Sha256[] digests = new Sha256[chunks];
        for (PartFolded part : closed.parts().values()) {
            for (ChunkDigest chunk : part.getChunks()) {
                digests[chunk.getOrdinal()] = chunk.getDigest();
            }
        }
        return Arrays.asList(digests);
    }
}
