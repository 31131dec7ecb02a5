package io.rondo.aggregator.fold;

import io.rondo.log.OffsetRange;
import io.rondo.log.TensorChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Round topics in memory. Folds read them on threads of their own while a test appends. */
public final class FakeRoundTopics implements ChunkSource {
    private final int partitions;
    private final Map<String, List<TensorChunk>> logs = new ConcurrentHashMap<>();
    private int reads;
    private int records;

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
    public long read(int round, int partition, long first, long last, Sink chunks) {
        reads++;
        List<TensorChunk> log = log(round, partition);
        long end = Math.min(last + 1, log.size());
        for (long offset = first; offset < end; offset++) {
            if (!chunks.wantsMore()) {
                return offset;
            }
            chunks.accept(offset, log.get((int) offset));
            records++;
        }
        return Math.max(first, end);
    }

    @Override
    public long readAhead(int round, int partition, long first, Sink chunks) {
        return read(round, partition, first, first + 9, chunks);
    }

    /** How many records were read. */
    int records() {
        return records;
    }

    int reads() {
        return reads;
    }

    private List<TensorChunk> log(int round, int partition) {
        return logs.computeIfAbsent(round + "/" + partition, key -> new CopyOnWriteArrayList<>());
    }
}
