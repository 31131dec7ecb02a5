package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.AttemptId;
import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.ChunkAccumulator;
import io.rondo.aggregator.strategy.RunningStrategy;
import io.rondo.log.AdapterChunk;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The sum so far in one partition: a cache over the log, discarded whenever it may be wrong. */
final class PartialSum {
    private final List<FlatLayout.Chunk> chunks;
    private final Map<Integer, ChunkAccumulator> accumulators = new TreeMap<>();
    private final List<AttemptId> attempts = new ArrayList<>();

    PartialSum(AggregationStrategy strategy, List<FlatLayout.Chunk> chunks) {
        this.chunks = chunks;
        if (strategy instanceof RunningStrategy running) {
            chunks.forEach(chunk -> accumulators.put(chunk.ordinal(), running.accumulator(chunk.count())));
        }
    }

    /** Adds values; a strategy that reads the cohort at the close keeps no sum, and the values are only checked. */
    void add(FlatLayout.Chunk chunk, double weight, float[] values) {
        ChunkAccumulator accumulator = accumulators.get(chunk.ordinal());
        if (accumulator != null) {
            accumulator.add(weight, values);
        }
    }

    void finished(AttemptId attempt) {
        attempts.add(attempt);
    }

    /** How many updates are in the sum. */
    int updates() {
        return attempts.size();
    }

    /** Whether the summed updates are the first of these, in order. */
    boolean isStartOf(List<UpdateAccepted> updates) {
        return attempts.size() <= updates.size()
                && attempts.equals(updates.subList(0, attempts.size()).stream()
                        .map(update -> AttemptId.of(update.getManifest()))
                        .toList());
    }

    /** The adapter's chunks. Consumes the sum, since both together may not fit into memory. */
    List<AdapterChunk> result(int round, int revision) {
        return chunks.stream()
                .map(chunk -> AdapterChunks.of(
                        round,
                        revision,
                        chunk,
                        accumulators.remove(chunk.ordinal()).result()))
                .toList();
    }
}
