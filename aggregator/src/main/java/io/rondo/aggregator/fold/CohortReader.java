package io.rondo.aggregator.fold;

import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Reads the updates of a closed round for strategies that need all of them at once. Each pass reads as many chunks of every
 * update as fit into the memory budget; a larger round takes several passes.
 */
final class CohortReader {
    /** Bytes of values that one partition's fold holds at a time, unless one chunk of the cohort is already larger. */
    static final long MOST_BUDGET = 32L << 20;

    private final UpdateReader reader;
    private final long budget;
    private final BiConsumer<UpdateAccepted, UpdateReader.Fault> faults;

    /** @param faults receives an accepted update that is now faulty, and the fault */
    CohortReader(UpdateReader reader, long budget, BiConsumer<UpdateAccepted, UpdateReader.Fault> faults) {
        this.reader = reader;
        this.budget = budget;
        this.faults = faults;
    }

    /** Receives one chunk's values from every update, in order. */
    interface Sink {
        void accept(FlatLayout.Chunk chunk, float[][] values);
    }

    /** Reads chunk by chunk, in order; false when an update is faulty. */
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
