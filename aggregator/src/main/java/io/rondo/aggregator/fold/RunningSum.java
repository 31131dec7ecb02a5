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
 * Sums the updates of the round under way as they come, so that at the close only the last is still to be read. Starts over
 * from the log whenever the sum is not of the updates that are wanted, in their order.
 */
final class RunningSum {
    private final ChunkStash stash;
    private final UpdateReader reader;
    private final LongSupplier adapterEnd;
    private final BiConsumer<UpdateAccepted, UpdateReader.Fault> faults;
    private PartialSum sum;
    private long adapterStart;

    /**
     * @param adapterEnd a lower bound of the offsets that the next chunks get in this partition of global-adapter
     * @param faults receives an update that cannot be added, and what is wrong with it
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

    /** Takes the values of each chunk that is added. */
    interface Observer {
        void added(AttemptId attempt, FlatLayout.Chunk chunk, float[] values);
    }

    /**
     * Adds what the sum lacks.
     *
     * @param chunks those of the partition
     * @return false when an update turned out to be faulty on the way: then the sum is void
     */
    boolean addAll(
            List<UpdateAccepted> updates,
            List<FlatLayout.Chunk> chunks,
            AggregationStrategy strategy,
            Observer observer) {
        if (sum == null || !sum.isStartOf(updates)) {
            sum = new PartialSum(strategy, chunks);
            // asked for early: at the close everyone waits
            adapterStart = adapterEnd.getAsLong();
        }
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

    /** The adapter's chunks; the values are spent. */
    List<AdapterChunk> result(int round, int revision) {
        return sum.result(round, revision);
    }

    /** The sum is in doubt, spent or not needed any more. */
    void forget() {
        sum = null;
    }
}
