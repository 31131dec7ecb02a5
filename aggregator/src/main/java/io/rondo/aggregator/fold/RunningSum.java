package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.AttemptId;
import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.log.AdapterChunk;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * Sums the updates of the current round as they arrive, so that only the last is left to read at the close. Starts over from
 * the log whenever the summed updates are not the wanted ones in their order.
 */
final class RunningSum {
    private final ChunkStash stash;
    private final UpdateReader reader;
    private final LongSupplier adapterEnd;
    private final BiConsumer<UpdateAccepted, UpdateReader.Fault> faults;
    private PartialSum sum;
    /** The list that the sum is known to be the start of. */
    private List<UpdateAccepted> summed;

    private long adapterStart;

    /**
     * @param adapterEnd a lower bound of the offsets that the next chunks get in this partition of global-adapter
     * @param faults receives an update that cannot be added, and the fault
     */
    RunningSum(
            ChunkStash stash,
            UpdateReader reader,
            LongSupplier adapterEnd,
            BiConsumer<UpdateAccepted, UpdateReader.Fault> faults) {
        this.stash = stash;
        this.reader = reader;
        this.adapterEnd = adapterEnd;
        this.faults = faults;
    }

    /** Receives the values of each added chunk. */
    interface Observer {
        void added(AttemptId attempt, FlatLayout.Chunk chunk, float[] values);
    }

    /**
     * Adds the missing updates to the sum.
     *
     * @param updates in order; the list of an earlier call may have grown, but not have changed
     * @param chunks the chunks of the partition
     * @return false when an update is found faulty: the sum is then invalid
     */
    @SuppressWarnings(
            "ReferenceEquality") // the same list has only grown; comparing its elements takes as long as summing them
    boolean addAll(
            List<UpdateAccepted> updates,
            List<FlatLayout.Chunk> chunks,
            AggregationStrategy strategy,
            Observer observer) {
        if (sum == null || (updates != summed && !sum.isStartOf(updates))) {
            sum = new PartialSum(strategy, chunks);
            // requested early: at the close all trainers wait
            adapterStart = adapterEnd.getAsLong();
        }
        summed = updates;
        List<UpdateAccepted> missing = List.copyOf(updates.subList(sum.updates(), updates.size()));
        stash.expect(missing);
        for (UpdateAccepted update : missing) {
            AttemptId attempt = AttemptId.of(update.getManifest());
            Optional<UpdateReader.Fault> fault = reader.read(update.getManifest(), chunks, (chunk, values) -> {
                sum.add(chunk, update.getWeight(), values);
                observer.added(attempt, chunk, values);
            });
            if (fault.isPresent()) {
                forget();
                faults.accept(update, fault.get());
                return false;
            }
            sum.finished(attempt);
        }
        return true;
    }

    /** How many updates are in the sum. */
    int updates() {
        return sum.updates();
    }

    /** A lower bound of the offsets of the round's chunks in this partition of global-adapter. */
    long adapterStart() {
        return adapterStart;
    }

    /** The adapter's chunks. Consumes the sum. */
    List<AdapterChunk> result(int round, int revision) {
        return sum.result(round, revision);
    }

    /** Discards the sum: it may be wrong, is consumed, or is no longer needed. */
    void forget() {
        sum = null;
    }
}
