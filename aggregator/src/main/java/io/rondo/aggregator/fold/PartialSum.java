package io.rondo.aggregator.fold;

import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.ChunkAccumulator;
import io.rondo.log.AdapterChunk;
import io.rondo.log.DType;
import io.rondo.log.Sha256;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What has been folded so far in one partition: a cache over the log, thrown away whenever it is in doubt. */
final class PartialSum {
    private final List<FlatLayout.Chunk> chunks;
    private final Map<Integer, ChunkAccumulator> accumulators = new TreeMap<>();
    private final List<String> attempts = new ArrayList<>();

    PartialSum(AggregationStrategy strategy, List<FlatLayout.Chunk> chunks) {
        this.chunks = chunks;
        chunks.forEach(chunk -> accumulators.put(chunk.ordinal(), strategy.accumulator(chunk.count())));
    }

    void add(FlatLayout.Chunk chunk, double weight, float[] values) {
        accumulators.get(chunk.ordinal()).add(weight, values);
    }

    void finished(String attempt) {
        attempts.add(attempt);
    }

    /** How many updates are in the sum. */
    int updates() {
        return attempts.size();
    }

    /** Whether the sum is of the first of these updates, in their order. */
    boolean isStartOf(List<UpdateAccepted> updates) {
        return attempts.size() <= updates.size()
                && attempts.equals(updates.subList(0, attempts.size()).stream()
                        .map(update -> update.getManifest().getAttempt())
                        .toList());
    }

    List<AdapterChunk> result(int round, int revision) {
        return chunks.stream()
                .map(chunk -> {
                    float[] values = accumulators.get(chunk.ordinal()).result();
                    byte[] bytes = TensorBytes.encode(DType.F32, values, 0, values.length);
                    Sha256 digest = Digests.of(bytes);
                    return new AdapterChunk(
                            round,
                            revision,
                            chunk.ordinal(),
                            (long) chunk.position(),
                            chunk.count(),
                            ByteBuffer.wrap(bytes),
                            digest);
                })
                .toList();
    }
}
