package io.rondo.aggregator.fold;

import io.rondo.log.AdapterChunk;
import io.rondo.log.PartFolded;
import io.rondo.log.RoundCompleted;
import io.rondo.schemas.adapter.AdapterAssembly;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads chunks of published rounds back from global-adapter and compares each with its digests: its own, and the one in a
 * part of the log if this fold has read the parts. Belongs to one thread.
 */
final class RestoredChunks {
    private final AdapterSource source;
    private final VouchedDigests vouched;

    /** @param kinds the kinds of the server optimizer's state, in order */
    RestoredChunks(AdapterSource source, List<String> kinds) {
        this.source = source;
        this.vouched = new VouchedDigests(kinds);
    }

    /** Notes a part that is in the log. */
    void vouch(PartFolded part) {
        vouched.add(part);
    }

    /** Drops the digests of all other rounds. */
    void keep(Collection<Integer> rounds) {
        vouched.keep(rounds);
    }

    /**
     * The chunks of some ordinals of one partition, in ascending order.
     *
     * @param layout of the round
     * @param kind of the chunks: the adapter or a vector of the server optimizer's state
     * @throws RondoException with {@code ADAPTER_CORRUPT} when one was altered, and {@code LOG_INCONSISTENT} when one is
     *     missing
     */
    List<AdapterChunk> read(
            RoundCompleted round, FlatLayout layout, int partition, String kind, List<Integer> ordinals) {
        int revision = kind.equals(AdapterChunks.ADAPTER) ? round.getRevision() : -round.getRevision();
        AdapterAssembly assembly = AdapterAssembly.ofSome(round.getRound(), revision, layout, ordinals);
        Map<Integer, AdapterChunk> found = new TreeMap<>();
        List<Long> offsets = round.getStartOffsets();
        source.read(partition, partition < offsets.size() ? offsets.get(partition) : 0, chunk -> {
            if (chunk.getKind().equals(kind) && isTaken(assembly, chunk, partition)) {
                found.put(chunk.getOrdinal(), chunk);
            }
            return !assembly.isComplete();
        });
        if (!assembly.isComplete()) {
            throw new RondoException(
                    ErrorCode.LOG_INCONSISTENT,
                    found.size() + " of " + ordinals.size() + " chunks (" + kind + ") of round " + round.getRound()
                            + " are in partition " + partition + " of global-adapter",
                    "run `rondo verify`, which names what is missing");
        }
        return List.copyOf(found.values());
    }

    private boolean isTaken(AdapterAssembly assembly, AdapterChunk chunk, int partition) {
        return switch (assembly.add(chunk)) {
            case TAKEN -> {
                if (vouched.contradict(chunk)) {
                    throw corrupt(chunk, partition, "has another digest than its part in the log says");
                }
                yield true;
            }
            case REPEATED, OTHER_ADAPTER, NOT_WANTED, UNKNOWN_ORDINAL -> false;
            case WRONG_SIZE ->
                throw corrupt(chunk, partition, "has " + chunk.getValues().remaining() + " bytes");
            case WRONG_DIGEST -> throw corrupt(chunk, partition, "has other values than its digest says");
        };
    }

    private static RondoException corrupt(AdapterChunk chunk, int partition, String what) {
        return new RondoException(
                ErrorCode.ADAPTER_CORRUPT,
                "chunk " + chunk.getOrdinal() + " (" + chunk.getKind() + ") of round " + chunk.getRound()
                        + " in partition " + partition + " of global-adapter " + what,
                "run `rondo verify`, which names what is wrong and what is not");
    }
}
