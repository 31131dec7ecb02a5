package io.rondo.aggregator.replay;

import io.rondo.aggregator.fold.AdapterSource;
import io.rondo.aggregator.fold.FoldResult;
import io.rondo.log.AdapterChunk;
import io.rondo.log.RoundPublished;
import io.rondo.log.TensorVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The chunks that folds have just published, as long as a later round may need them. */
final class RecentAdapters implements AdapterSource {
    private final Map<Integer, List<AdapterChunk>> partitions = new ConcurrentHashMap<>();

    void add(FoldResult.Folded folded) {
        List<AdapterChunk> chunks =
                partitions.computeIfAbsent(folded.part().getPartition(), partition -> new ArrayList<>());
        chunks.addAll(folded.chunks());
        chunks.addAll(folded.state());
    }

    /** Drops the rounds that no longer hold a current value. */
    void published(RoundPublished published) {
        Set<Integer> current =
                published.getTensors().stream().map(TensorVersion::getRound).collect(Collectors.toSet());
        partitions.values().forEach(chunks -> chunks.removeIf(chunk -> !current.contains(chunk.getRound())));
    }

    /** Offsets have no meaning here: returns all kept chunks. */
    @Override
    public void read(int partition, long from, Sink chunks) {
        for (AdapterChunk chunk : partitions.getOrDefault(partition, List.of())) {
            if (!chunks.accept(chunk)) {
                return;
            }
        }
    }
}
