package io.rondo.aggregator.fold;

import io.rondo.log.OffsetRange;
import io.rondo.log.TensorChunk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Round topics in memory. */
public final class FakeRoundTopics implements ChunkSource {
    private final int partitions;
    private final Map<String, List<TensorChunk>> logs = new HashMap<>();
    private int reads;

    public FakeRoundTopics(int partitions) {
        this.partitions = partitions;
    }

    /** Appends chunks to their partitions, and says where they lie. */
    public List<OffsetRange> append(List<TensorChunk> chunks) {
        Map<Integer, OffsetRange> ranges = new TreeMap<>();
        for (TensorChunk chunk : chunks) {
            int partition = chunk.getOrdinal() % partitions;
            List<TensorChunk> log = log(chunk.getRound(), partition);
            long offset = log.size();
            log.add(chunk);
            long first = ranges.containsKey(partition) ? ranges.get(partition).getFirst() : offset;
            ranges.put(partition, new OffsetRange(partition, first, offset));
        }
        return new ArrayList<>(ranges.values());
    }

    @Override
    public void read(int round, int partition, long first, long last, Consumer<TensorChunk> chunks) {
        reads++;
        List<TensorChunk> log = log(round, partition);
        for (long offset = first; offset <= Math.min(last, log.size() - 1L); offset++) {
            chunks.accept(log.get((int) offset));
        }
    }

    int reads() {
        return reads;
    }

    private List<TensorChunk> log(int round, int partition) {
        return logs.computeIfAbsent(round + "/" + partition, key -> new ArrayList<>());
    }
}
