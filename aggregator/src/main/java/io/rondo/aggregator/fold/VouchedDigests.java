package io.rondo.aggregator.fold;

import io.rondo.log.AdapterChunk;
import io.rondo.log.ChunkDigest;
import io.rondo.log.PartFolded;
import io.rondo.log.Sha256;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The digests that parts in the log name, for checking chunks that a fold reads back. Several parts may name a chunk, and
 * only the coordinator knows which of them it accepted: a chunk that matches any of them is valid.
 */
final class VouchedDigests {
    private final List<String> kinds;
    private final Map<Key, Set<Sha256>> digests = new HashMap<>();

    /** A chunk of the adapter, or of the state with the negative revision. */
    private record Key(int round, int revision, String kind, int ordinal) {}

    /** @param kinds the kinds of the server optimizer's state, in order */
    VouchedDigests(List<String> kinds) {
        this.kinds = List.copyOf(kinds);
    }

    void add(PartFolded part) {
        Iterator<Sha256> state = part.getStateDigests().iterator();
        for (ChunkDigest chunk : part.getChunks()) {
            add(part.getRound(), part.getRevision(), AdapterChunks.ADAPTER, chunk.getOrdinal(), chunk.getDigest());
            for (String kind : kinds) {
                if (state.hasNext()) {
                    add(part.getRound(), -part.getRevision(), kind, chunk.getOrdinal(), state.next());
                }
            }
        }
    }

    private void add(int round, int revision, String kind, int ordinal, Sha256 digest) {
        digests.computeIfAbsent(new Key(round, revision, kind, ordinal), key -> new HashSet<>())
                .add(digest);
    }

    /** Whether parts name this chunk, but none of them with this digest. */
    boolean contradict(AdapterChunk chunk) {
        Set<Sha256> vouched =
                digests.get(new Key(chunk.getRound(), chunk.getRevision(), chunk.getKind(), chunk.getOrdinal()));
        return vouched != null && !vouched.contains(chunk.getDigest());
    }

    /** Drops all other rounds. */
    void keep(Collection<Integer> rounds) {
        digests.keySet().removeIf(key -> !rounds.contains(key.round()));
    }
}
