package io.rondo.schemas.adapter;

import io.rondo.log.AdapterChunk;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * Which chunks of one adapter have been read. Judges every chunk by round, revision, ordinal, size and digest, and counts
 * each ordinal once, however often it appears. Does not keep values: the caller copies those of a chunk that is {@link
 * Outcome#TAKEN}. Belongs to one thread.
 */
public final class AdapterAssembly {
    private final int round;
    private final int revision;
    private final FlatLayout layout;
    private final List<Sha256> digests;
    private final BitSet wanted;
    private final BitSet taken = new BitSet();
    private final int[] missing;

    /** The verdict on a chunk. */
    public enum Outcome {
        /** It is one of the missing chunks; its values are the caller's to copy. */
        TAKEN,
        /** Its ordinal was taken before, and it is equal. */
        REPEATED,
        /** It is of another round or revision. */
        OTHER_ADAPTER,
        /** It is of this adapter, but this assembly does not need it. */
        NOT_WANTED,
        /** The round has no chunk of this ordinal. */
        UNKNOWN_ORDINAL,
        /** It has another number of values than its place in the round's flat vector. */
        WRONG_SIZE,
        /** Its values do not match the published digest, or the chunk's own digest if no other is known. */
        WRONG_DIGEST
    }

    private AdapterAssembly(int round, int revision, FlatLayout layout, List<Sha256> digests, BitSet wanted) {
        this.round = round;
        this.revision = revision;
        this.layout = layout;
        this.digests = digests;
        this.wanted = wanted;
        this.missing = new int[layout.partitions()];
        wanted.stream().forEach(ordinal -> missing[layout.partitionOf(ordinal)]++);
    }

    /**
     * All chunks of a published adapter.
     *
     * @throws RondoException with {@code ADAPTER_CORRUPT} when the publication names fewer digests than the layout has
     *     chunks, or more
     */
    public static AdapterAssembly of(RoundPublished published, FlatLayout layout) {
        List<Sha256> digests = published.getChunkDigests();
        if (digests.size() != layout.chunks()) {
            throw new RondoException(
                    ErrorCode.ADAPTER_CORRUPT,
                    "the publication of round " + published.getRound() + " names " + digests.size()
                            + " chunk digests, the round has " + layout.chunks() + " chunks",
                    "run `rondo verify`, which names what is wrong and what is not");
        }
        BitSet all = new BitSet();
        all.set(0, layout.chunks());
        return new AdapterAssembly(published.getRound(), published.getRevision(), layout, digests, all);
    }

    /**
     * Some chunks of an adapter, or of the state of a server optimizer, for a reader that does not have their digests: the
     * first chunk of an ordinal counts, and is compared with its own digest.
     *
     * @param revision that of the chunks, negative for state
     * @throws IndexOutOfBoundsException when the layout has no such ordinal
     */
    public static AdapterAssembly ofSome(int round, int revision, FlatLayout layout, Collection<Integer> ordinals) {
        BitSet wanted = new BitSet();
        ordinals.forEach(ordinal -> wanted.set(layout.chunk(ordinal).ordinal()));
        return new AdapterAssembly(round, revision, layout, List.of(), wanted);
    }

    /** Judges a chunk, and counts it where it was missing. */
    public Outcome add(AdapterChunk chunk) {
        int ordinal = chunk.getOrdinal();
        if (chunk.getRound() != round || chunk.getRevision() != revision) {
            return Outcome.OTHER_ADAPTER;
        }
        if (ordinal < 0 || ordinal >= layout.chunks()) {
            return Outcome.UNKNOWN_ORDINAL;
        }
        if (!wanted.get(ordinal)) {
            return Outcome.NOT_WANTED;
        }
        if (chunk.getValues().remaining() != (long) layout.chunk(ordinal).count() * Float.BYTES) {
            return Outcome.WRONG_SIZE;
        }
        Sha256 digest = digests.isEmpty() ? chunk.getDigest() : digests.get(ordinal);
        if (!Digests.of(chunk.getValues()).equals(digest)) {
            return Outcome.WRONG_DIGEST;
        }
        if (taken.get(ordinal)) {
            return Outcome.REPEATED;
        }
        taken.set(ordinal);
        missing[layout.partitionOf(ordinal)]--;
        return Outcome.TAKEN;
    }

    /** Whether the chunk of this ordinal was taken. */
    public boolean has(int ordinal) {
        return ordinal >= 0 && taken.get(ordinal);
    }

    /** Whether no chunk is missing. */
    public boolean isComplete() {
        return Arrays.stream(missing).allMatch(count -> count == 0);
    }

    /** Whether no chunk of this partition is missing. */
    public boolean isComplete(int partition) {
        return missing[partition] == 0;
    }

    /** The ordinals that are missing, in ascending order. */
    public List<Integer> missing() {
        BitSet ordinals = (BitSet) wanted.clone();
        ordinals.andNot(taken);
        return ordinals.stream().boxed().toList();
    }
}
