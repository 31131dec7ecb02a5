package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.round.AttemptId;
import io.rondo.log.OffsetRange;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Copies the chunks of updates into another log and returns their offsets there. */
final class ChunkCopy {
    private final BranchLog log;
    private final RecordCodec codec;

    ChunkCopy(BranchLog log, RecordCodec codec) {
        this.log = log;
        this.codec = codec;
    }

    /**
     * Copies a round.
     *
     * @param topic the round's topic in the other log
     * @param chunks a reader for each partition
     * @return the manifests with their new ranges
     */
    List<UpdateManifest> copy(Topic topic, List<UpdateManifest> updates, List<ChunkSource> chunks) {
        Map<AttemptId, Map<Integer, OffsetRange>> ranges = new HashMap<>();
        for (int partition = 0; partition < topic.partitions(); partition++) {
            copy(topic, partition, updates, chunks.get(partition), ranges);
        }
        return updates.stream()
                .map(update -> UpdateManifest.newBuilder(update)
                        .setRanges(new ArrayList<>(ranges.getOrDefault(AttemptId.of(update), new TreeMap<>())
                                .values()))
                        .build())
                .toList();
    }

    private void copy(
            Topic topic,
            int partition,
            List<UpdateManifest> updates,
            ChunkSource chunks,
            Map<AttemptId, Map<Integer, OffsetRange>> ranges) {
        Map<AttemptId, OffsetRange> wanted = new HashMap<>();
        updates.forEach(update -> update.getRanges().stream()
                .filter(range -> range.getPartition() == partition)
                .forEach(range -> wanted.put(AttemptId.of(update), range)));
        if (wanted.isEmpty()) {
            return;
        }
        long first =
                wanted.values().stream().mapToLong(OffsetRange::getFirst).min().orElseThrow();
        long last =
                wanted.values().stream().mapToLong(OffsetRange::getLast).max().orElseThrow();
        chunks.read(updates.get(0).getRound(), partition, first, last, (offset, chunk) -> {
            OffsetRange range = wanted.get(AttemptId.of(chunk));
            if (range != null && offset >= range.getFirst() && offset <= range.getLast()) {
                byte[] value = codec.encode(topic.name(), chunk);
                long copied = log.append(topic, partition, null, value, 0);
                ranges.computeIfAbsent(AttemptId.of(chunk), attempt -> new TreeMap<>())
                        .merge(
                                partition,
                                new OffsetRange(partition, copied, copied),
                                (one, other) -> new OffsetRange(partition, one.getFirst(), other.getLast()));
            }
        });
    }
}
