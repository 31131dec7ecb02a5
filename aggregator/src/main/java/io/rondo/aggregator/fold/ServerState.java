package io.rondo.aggregator.fold;

import io.rondo.log.AdapterChunk;
import io.rondo.log.DType;
import io.rondo.log.PartFolded;
import io.rondo.log.RoundCompleted;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.BrokenInvariantException;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.TensorBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * The previous values that a round needs in one partition: its elements in the previous adapter, and the state of the server
 * optimizer. Kept from this fold's own output, and read from the log otherwise: after a restart, or if the previous round
 * shared other tensors, so that an element was at another place. Belongs to one thread.
 */
final class ServerState {
    private final int partition;
    private final IntFunction<FlatLayout> layouts;
    private final RestoredChunks restored;

    /** By tensor, the round that holds its current value. */
    private final Map<String, RoundCompleted> versions = new HashMap<>();
    /** By round, the chunks of this partition, for rounds that hold a current value. */
    private final Map<Integer, List<AdapterChunk>> kept = new HashMap<>();

    private List<AdapterChunk> folded = List.of();

    /** Positions of some elements in an older flat vector and in the round's. */
    private record Piece(int from, int length, int chunk, int at) {}

    /**
     * @param layouts the flat vector of a round
     * @param restored reads chunks that this fold has not written since it started
     */
    ServerState(int partition, IntFunction<FlatLayout> layouts, RestoredChunks restored) {
        this.partition = partition;
        this.layouts = layouts;
        this.restored = restored;
    }

    /** Notes a part of any partition that was in the log when this fold started; called after the decisions that were. */
    void restored(PartFolded part) {
        boolean isOfValues = versions.values().stream()
                .anyMatch(version ->
                        version.getRound() == part.getRound() && version.getRevision() == part.getRevision());
        boolean mayBePublished = versions.values().stream().allMatch(version -> version.getRound() < part.getRound());
        if (isOfValues || mayBePublished) {
            restored.vouch(part);
        }
    }

    /** Notes the output of this fold for a round: its chunks and the optimizer's state. */
    void folded(List<AdapterChunk> chunks) {
        folded = List.copyOf(chunks);
    }

    /** Notes a published round. */
    void completed(RoundCompleted round) {
        layouts.apply(round.getRound()).tensors().forEach(tensor -> versions.put(tensor.name(), round));
        boolean isOwn = !folded.isEmpty()
                && folded.get(0).getRound() == round.getRound()
                && folded.get(0).getRevision() == round.getRevision();
        if (isOwn) {
            kept.put(round.getRound(), folded);
        }
        folded = List.of();
        List<Integer> current =
                versions.values().stream().map(RoundCompleted::getRound).toList();
        kept.keySet().retainAll(current);
        restored.keep(current);
    }

    /**
     * The previous adapter, by ordinal of the partition's chunks.
     *
     * @throws RondoException with {@code LOG_INCONSISTENT} when a chunk of it is not in the log, and {@code ADAPTER_CORRUPT}
     *     when one was altered
     */
    Map<Integer, float[]> base(int round) {
        FlatLayout flat = layouts.apply(round);
        Map<Integer, float[]> base = new TreeMap<>();
        flat.chunksOf(partition).forEach(chunk -> base.put(chunk.ordinal(), new float[chunk.count()]));
        pieces(flat).forEach((version, pieces) -> fill(version, pieces, base));
        return base;
    }

    /** The positions of this partition's elements, by the round that holds them. */
    private Map<Integer, List<Piece>> pieces(FlatLayout flat) {
        Map<Integer, List<Piece>> pieces = new TreeMap<>();
        int begin = 0;
        for (TensorShape tensor : flat.tensors()) {
            int end = begin + tensor.size();
            RoundCompleted version = versions.get(tensor.name());
            int shift = position(layouts.apply(version.getRound()), tensor) - begin;
            for (FlatLayout.Chunk chunk : flat.chunksOf(partition)) {
                int first = Math.max(begin, chunk.position());
                int last = Math.min(end, chunk.position() + chunk.count());
                if (first < last) {
                    pieces.computeIfAbsent(version.getRound(), number -> new ArrayList<>())
                            .add(new Piece(first + shift, last - first, chunk.ordinal(), first - chunk.position()));
                }
            }
            begin = end;
        }
        return pieces;
    }

    private static int position(FlatLayout flat, TensorShape tensor) {
        int position = 0;
        for (TensorShape each : flat.tensors()) {
            if (each.name().equals(tensor.name())) {
                return position;
            }
            position += each.size();
        }
        throw new BrokenInvariantException(tensor.name() + " is not in the round that holds it");
    }

    private void fill(int version, List<Piece> pieces, Map<Integer, float[]> base) {
        FlatLayout flat = layouts.apply(version);
        Map<Integer, List<Integer>> wanted = new TreeMap<>();
        for (int ordinal = 0; ordinal < flat.chunks(); ordinal++) {
            FlatLayout.Chunk chunk = flat.chunk(ordinal);
            if (pieces.stream().anyMatch(piece -> overlap(piece, chunk) > 0)) {
                wanted.computeIfAbsent(flat.partitionOf(ordinal), number -> new ArrayList<>())
                        .add(ordinal);
            }
        }
        wanted.forEach((from, ordinals) -> chunks(version, from, AdapterChunks.ADAPTER, ordinals)
                .forEach(chunk -> copy(chunk, flat.chunk(chunk.getOrdinal()), pieces, base)));
    }

    private static int overlap(Piece piece, FlatLayout.Chunk chunk) {
        return Math.min(piece.from() + piece.length(), chunk.position() + chunk.count())
                - Math.max(piece.from(), chunk.position());
    }

    private static void copy(
            AdapterChunk chunk, FlatLayout.Chunk place, List<Piece> pieces, Map<Integer, float[]> base) {
        float[] values = values(chunk);
        for (Piece piece : pieces) {
            int length = overlap(piece, place);
            if (length > 0) {
                int first = Math.max(piece.from(), place.position());
                System.arraycopy(
                        values,
                        first - place.position(),
                        base.get(piece.chunk()),
                        piece.at() + first - piece.from(),
                        length);
            }
        }
    }

    /** A state vector of the server optimizer before the round, by ordinal of the partition's chunks; 0 before it has one. */
    Map<Integer, float[]> state(int round, String kind) {
        FlatLayout flat = layouts.apply(round);
        List<FlatLayout.Chunk> chunks = flat.chunksOf(partition);
        Map<Integer, float[]> state = new TreeMap<>();
        chunks.forEach(chunk -> state.put(chunk.ordinal(), new float[chunk.count()]));
        Optional<RoundCompleted> last = chunks.isEmpty() ? Optional.empty() : lastOf(flat);
        if (last.isPresent()) {
            List<Integer> ordinals =
                    chunks.stream().map(FlatLayout.Chunk::ordinal).toList();
            chunks(last.get().getRound(), partition, kind, ordinals)
                    .forEach(chunk -> state.put(chunk.getOrdinal(), values(chunk)));
        }
        return state;
    }

    /** The last round with the same tensors that took an optimizer step, if any: round 0 takes none. */
    private Optional<RoundCompleted> lastOf(FlatLayout flat) {
        RoundCompleted last = versions.get(flat.tensors().get(0).name());
        return last.getRound() > 0 && layouts.apply(last.getRound()).tensors().equals(flat.tensors())
                ? Optional.of(last)
                : Optional.empty();
    }

    private List<AdapterChunk> chunks(int round, int from, String kind, List<Integer> ordinals) {
        if (from == partition && kept.containsKey(round)) {
            return kept.get(round).stream()
                    .filter(chunk -> chunk.getKind().equals(kind) && ordinals.contains(chunk.getOrdinal()))
                    .toList();
        }
        RoundCompleted completed = versions.values().stream()
                .filter(version -> version.getRound() == round)
                .findFirst()
                .orElseThrow();
        return restored.read(completed, layouts.apply(round), from, kind, ordinals);
    }

    private static float[] values(AdapterChunk chunk) {
        float[] values = new float[chunk.getValues().remaining() / Float.BYTES];
        TensorBytes.decode(DType.F32, chunk.getValues(), values, 0, values.length);
        return values;
    }
}
