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

/** What folds have just published, as far as a later round may build on it. */
final class RecentAdapters implements AdapterSource {
    private final Map<Integer, List<AdapterChunk>> partitions = new ConcurrentHashMap<>();

    void add(FoldResult.Folded folded) {
        List<AdapterChunk> chunks =
                partitions.computeIfAbsent(folded.part().getPartition(), partition -> new ArrayList<>());
        chunks.addAll(folded.chunks());
        chunks.addAll(folded.state());
    }

    /** Forgets the rounds that hold no current value any more. */
    void published(RoundPublished published) {
        Set<Integer> current =
                published.getTensors().stream().map(TensorVersion::getRound).collect(Collectors.toSet());
        partitions.values().forEach(chunks -> chunks.removeIf(chunk -> !current.contains(chunk.getRound())));
    }

    /** Offsets say nothing here: all that is kept is given. */
    @Override
    public void read(int partition, long from, Sink chunks) {
        for (AdapterChunk chunk : partitions.getOrDefault(partition, List.of())) {
            if (!chunks.accept(chunk)) {
                return;
            }
        }
    }
}
