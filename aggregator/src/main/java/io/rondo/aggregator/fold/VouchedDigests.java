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
 * The digests that parts in the log vouch for, by which chunks are checked that a fold reads back. More than one part may name a
 * chunk, and only the coordinator knows which of them it took: a chunk that one of them names is good.
 */
final class VouchedDigests {
    private final List<String> kinds;
    private final Map<Key, Set<Sha256>> digests = new HashMap<>();

    /** A chunk of the adapter, or of the state with the negative revision. */
    private record Key(int round, int revision, String kind, int ordinal) {}

    /** @param kinds of the server optimizer's state, in their order */
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

    /** Whether parts name this chunk, and none with its digest. */
    boolean contradict(AdapterChunk chunk) {
        Set<Sha256> vouched =
                digests.get(new Key(chunk.getRound(), chunk.getRevision(), chunk.getKind(), chunk.getOrdinal()));
        return vouched != null && !vouched.contains(chunk.getDigest());
    }

    /** Forgets all other rounds. */
    void keep(Collection<Integer> rounds) {
        digests.keySet().removeIf(key -> !rounds.contains(key.round()));
    }
}
