package io.rondo.aggregator.fold;

import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Reads the updates of a closed round for those who need all of them at once. As many chunks are read at a time as fit into the
 * memory budget with every update's values; a round that is larger is read as often as it takes.
 */
final class CohortReader {
    /** Bytes of values that one partition's fold holds at a time, if one chunk of the cohort is not more already. */
    static final long MOST_BUDGET = 32L << 20;

    private final UpdateReader reader;
    private final long budget;
    private final BiConsumer<UpdateAccepted, UpdateReader.Fault> faults;

    /** @param faults receives an update that was sound when it was accepted, and what is wrong with it now */
    CohortReader(UpdateReader reader, long budget, BiConsumer<UpdateAccepted, UpdateReader.Fault> faults) {
        this.reader = reader;
        this.budget = budget;
        this.faults = faults;
    }

    /** Receives the values of a chunk in every update, in their order. */
    interface Sink {
        void accept(FlatLayout.Chunk chunk, float[][] values);
    }

    /** Reads chunk by chunk, in their order; false when an update is faulty. */
    boolean read(List<UpdateAccepted> updates, List<FlatLayout.Chunk> chunks, Sink sink) {
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
                        (chunk, read) -> values.get(chunk.ordinal())[update] = read.clone());
                if (fault.isPresent()) {
                    faults.accept(updates.get(i), fault.get());
                    return false;
                }
            }
            group.forEach(chunk -> sink.accept(chunk, values.get(chunk.ordinal())));
            first += group.size();
        }
        return true;
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
}
