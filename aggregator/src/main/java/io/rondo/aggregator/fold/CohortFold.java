package io.rondo.aggregator.fold;

import io.rondo.aggregator.strategy.OrderStatistic;
import io.rondo.log.AdapterChunk;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Folds a closed round whose strategy needs all updates at once. As many chunks are read at a time as fit into the memory
 * budget with every update's values; a round that is larger is read as often as it takes.
 */
final class CohortFold {
    /** Bytes of values that one partition's fold holds at a time, if one chunk of the cohort is not more already. */
    static final long DEFAULT_BUDGET = 32L << 20;

    private final UpdateReader reader;
    private final OrderStatistic statistic;
    private final long budget;

    CohortFold(UpdateReader reader, OrderStatistic statistic, long budget) {
        this.reader = reader;
        this.statistic = statistic;
        this.budget = budget;
    }

    /** The adapter's chunks, or what is wrong with an update that was sound when it was accepted. */
    sealed interface Result {
        record Folded(List<AdapterChunk> chunks) implements Result {
            public Folded {
                chunks = List.copyOf(chunks);
            }
        }

        record Faulty(UpdateAccepted update, UpdateReader.Fault fault) implements Result {}
    }

    Result fold(List<UpdateAccepted> updates, List<FlatLayout.Chunk> chunks, int round, int revision) {
        List<AdapterChunk> folded = new ArrayList<>();
        int first = 0;
        while (first < chunks.size()) {
            List<FlatLayout.Chunk> group = chunks.subList(first, endOfGroup(chunks, first, updates.size()));
            Map<Integer, float[][]> values = new HashMap<>();
            group.forEach(chunk -> values.put(chunk.ordinal(), new float[updates.size()][]));
            for (int i = 0; i < updates.size(); i++) {
                int update = i;
                Optional<UpdateReader.Fault> fault = reader.read(
                        updates.get(i).getManifest(),
                        group,
                        (chunk, read) -> values.get(chunk.ordinal())[update] = read);
                if (fault.isPresent()) {
                    return new Result.Faulty(updates.get(i), fault.get());
                }
            }
            group.forEach(chunk -> folded.add(
                    AdapterChunks.of(round, revision, chunk, combine(values.get(chunk.ordinal()), chunk.count()))));
            first += group.size();
        }
        return new Result.Folded(folded);
    }

    private int endOfGroup(List<FlatLayout.Chunk> chunks, int first, int updates) {
        long bytes = 0;
        int end = first;
        while (end < chunks.size()) {
            bytes += (long) chunks.get(end).count() * Float.BYTES * updates;
            if (bytes > budget && end > first) {
                break;
            }
            end++;
        }
        return end;
    }

    private float[] combine(float[][] values, int count) {
        float[] combined = new float[count];
        float[] element = new float[values.length];
        for (int i = 0; i < count; i++) {
            for (int update = 0; update < values.length; update++) {
                element[update] = values[update][i];
            }
            Arrays.sort(element);
            combined[i] = statistic.of(element);
        }
        return combined;
    }
}
