package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.AttemptId;
import io.rondo.log.OffsetRange;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Reads the chunks of one partition once, although updates are interleaved: chunks of other attempts are kept until they are
 * needed. The memory is bounded; chunks that do not fit are read again later. The bound affects how often the log is read,
 * never the result. Belongs to one thread.
 */
final class ChunkStash {
    /** How many records before an update reading begins: those are mostly of updates that will be accepted later. */
    private static final long MOST_AHEAD = 1_024;
    /** The most records that one read-ahead may return. */
    private static final long MOST_FETCHED = 8 << 20;
    /** Memory of a chunk besides its values. */
    private static final long OVERHEAD = 512;

    private final ChunkSource source;
    private final int partition;
    private final LongSupplier budget;
    private final ChunkBuffers buffers;

    private int round = -1;
    /** All records from {@code from} up to {@code to} have been read; their chunks are kept, or their attempt was dropped. */
    private long from;

    private long to;
    private long kept;
    private long seen;
    private final Map<AttemptId, Attempt> attempts = new HashMap<>();
    private final TreeSet<Attempt> byTurn = new TreeSet<>(
            Comparator.comparingInt((Attempt attempt) -> attempt.turn).thenComparingLong(a -> a.seen));
    private final Set<AttemptId> gone = new HashSet<>();
    private final Map<AttemptId, Integer> turns = new HashMap<>();

    /** The kept chunks of an attempt that is not read yet. */
    private static final class Attempt {
        private final AttemptId id;
        private final int turn;
        private final long seen;
        private final List<Kept> chunks = new ArrayList<>();
        private long bytes;

        Attempt(AttemptId id, int turn, long seen) {
            this.id = id;
            this.turn = turn;
            this.seen = seen;
        }
    }

    private record Kept(long offset, TensorChunk chunk) {}

    /**
     * @param budget bytes of memory for kept chunks, which may change; with 0 each update is read separately
     * @param chunkBytes bytes of the values of a whole chunk
     */
    ChunkStash(ChunkSource source, int partition, LongSupplier budget, int chunkBytes) {
        this.source = source;
        this.partition = partition;
        this.budget = budget;
        this.buffers = new ChunkBuffers(chunkBytes);
    }

    /**
     * Announces which updates are read next, in order. If memory runs out, other attempts are dropped first, then the last
     * of these.
     */
    void expect(List<UpdateAccepted> updates) {
        turns.clear();
        updates.forEach(update -> turns.put(AttemptId.of(update.getManifest()), turns.size()));
        List<Attempt> all = new ArrayList<>(attempts.values());
        attempts.clear();
        byTurn.clear();
        for (Attempt old : all) {
            Attempt attempt = attempt(old.id, old.seen);
            attempt.chunks.addAll(old.chunks);
            attempt.bytes = old.bytes;
        }
    }

    /** Drops the kept chunks and frees their memory. */
    void release() {
        clear();
        buffers.trim(0);
    }

    /** Drops the kept chunks; the next read starts over. */
    void clear() {
        attempts.values().forEach(this::giveBack);
        attempts.clear();
        byTurn.clear();
        gone.clear();
        kept = 0;
        round = -1;
    }

    /**
     * Reads the chunks that have arrived for a round since, as long as memory suffices: most updates are then in memory when
     * they are needed. Returns whether there were any.
     */
    boolean readAhead(int next) {
        if (next != round) {
            clear();
            round = next;
            from = 0;
            to = 0;
        }
        long most = budget.getAsLong();
        shrink(most);
        if (kept + Math.min(MOST_FETCHED, most / 4) > most) {
            return false;
        }
        long before = to;
        to = source.readAhead(round, partition, to, this::keep);
        return to > before;
    }

    /** Receives the chunks of one attempt. */
    interface Visitor {
        void visit(TensorChunk chunk);

        /** Whether more chunks are wanted. */
        boolean wantsMore();
    }

    /**
     * Passes the chunks of the update's attempt in its range to the visitor, in log order, as long as it wants more. A
     * chunk's values are valid only during the call.
     */
    void read(UpdateManifest manifest, OffsetRange range, Visitor visitor) {
        AttemptId id = AttemptId.of(manifest);
        long ahead = budget.getAsLong() > 0 ? MOST_AHEAD : 0;
        boolean isCovered = manifest.getRound() == round && range.getFirst() >= from && range.getFirst() <= to + ahead;
        if (!isCovered || gone.contains(id)) {
            long start = manifest.getRound() == round ? range.getFirst() : range.getFirst() - ahead;
            clear();
            round = manifest.getRound();
            from = Math.max(0, start);
            to = from;
        }
        Attempt known = attempts.remove(id);
        if (known != null) {
            byTurn.remove(known);
            kept -= known.bytes;
            known.chunks.stream()
                    .filter(each -> isWithin(range, each.offset()))
                    .forEach(each -> visitor.visit(each.chunk()));
            giveBack(known);
        }
        gone.add(id);
        if (to <= range.getLast() && visitor.wantsMore()) {
            to = source.read(round, partition, to, range.getLast(), new ChunkSource.Sink() {
                @Override
                public void accept(long offset, TensorChunk chunk) {
                    if (!AttemptId.of(chunk).equals(id)) {
                        keep(offset, chunk);
                    } else if (isWithin(range, offset)) {
                        visitor.visit(chunk);
                    }
                }

                @Override
                public boolean wantsMore() {
                    return visitor.wantsMore();
                }
            });
        }
    }

    private static boolean isWithin(OffsetRange range, long offset) {
        return offset >= range.getFirst() && offset <= range.getLast();
    }

    private void keep(long offset, TensorChunk chunk) {
        AttemptId id = AttemptId.of(chunk);
        if (gone.contains(id)) {
            return;
        }
        Attempt attempt = attempts.get(id);
        if (attempt == null) {
            attempt = attempt(id, seen++);
        }
        long bytes = chunk.getValues().remaining() + OVERHEAD;
        long most = budget.getAsLong();
        if (kept + bytes > most && isLast(attempt)) {
            // it would be dropped first
            drop(attempt);
            return;
        }
        attempt.chunks.add(new Kept(offset, buffers.copy(chunk)));
        attempt.bytes += bytes;
        kept += bytes;
        shrink(most);
        buffers.trim(most - kept);
    }

    private void shrink(long most) {
        while (kept > most) {
            drop(byTurn.last());
        }
    }

    private boolean isLast(Attempt attempt) {
        return byTurn.last() == attempt;
    }

    private void drop(Attempt attempt) {
        byTurn.remove(attempt);
        attempts.remove(attempt.id);
        gone.add(attempt.id);
        kept -= attempt.bytes;
        giveBack(attempt);
    }

    private void giveBack(Attempt attempt) {
        attempt.chunks.forEach(each -> buffers.giveBack(each.chunk()));
    }

    private Attempt attempt(AttemptId id, long seenAs) {
        Attempt attempt = new Attempt(id, turns.getOrDefault(id, Integer.MAX_VALUE), seenAs);
        attempts.put(id, attempt);
        byTurn.add(attempt);
        return attempt;
    }
}
